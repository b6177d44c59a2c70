import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillTemplate, parseTemplate, TemplateMistake } from '../../src/text/template.js';

const functions = {
  upper: (value: unknown) => String(value).toUpperCase(),
  twice: (value: unknown) => `${String(value)}${String(value)}`,
};

function fill(text: string, data: unknown): string {
  return fillTemplate(parseTemplate(text, functions), data, (value) =>
    typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined'),
  );
}

test('paths are walked, and text around them stays as it is', () => {
  const data = { a: { b: 'deep' }, n: 1 };
  assert.equal(fill('x {{.a.b}}, {{ .n }}\n', data), 'x deep, 1\n');
  assert.equal(fill('{{.}}', data), JSON.stringify(data));
  assert.equal(fill('', data), '');
  assert.equal(fill('{ {.a} }', data), '{ {.a} }');
});

test('functions stand before the path or behind bars, the nearest first', () => {
  const data = { a: 'x' };
  assert.equal(fill('{{upper .a}} {{.a | upper}} {{ .a|twice|upper }}', data), 'X X XX');
  const order: string[] = [];
  const noting = (name: string) => (value: unknown) => (order.push(name), value);
  const parts = parseTemplate('{{ f g .a | h }}', { f: noting('f'), g: noting('g'), h: noting('h') });
  fillTemplate(parts, data, String);
  assert.deepEqual(order, ['g', 'f', 'h']);
});

test('comments are left out, and marks trim the white space beside them', () => {
  assert.equal(fill('a{{/* {{ nothing */}}b', {}), 'ab');
  assert.equal(fill('a \n {{- .x -}} \n b', { x: 1 }), 'a1b');
  assert.equal(fill('a {{- .x }} b', { x: 1 }), 'a1 b');
});

test('only own members can be reached', () => {
  assert.equal(
    fill('{{.constructor}} {{.__proto__.x}} {{.toString}} {{.a.length}}', { a: 'text' }),
    'undefined undefined undefined undefined',
  );
});

test('what cannot be understood is refused with its line', () => {
  for (const [text, line, words] of [
    ['a\nb {{.x', 2, /never closed/],
    ['{{range .x}}', 1, /"range .x" has no end/],
    ['\n\n{{if .x}}', 3, /"if .x" has no end/],
    ['{{if .x}}{{else}}', 1, /"if .x" has no end/],
    ['{{if .x}}{{else with .y}}{{end}}', 1, /neither else nor else if/],
    ['a{{else}}', 1, /"else" ends nothing/],
    ['{{eq .x}}', 1, /compares with nothing/],
    ['{{.x | frob}}', 1, /"frob" is no function; there are twice, upper/],
    ['{{"a\\q"}}', 1, /no text in quotes/],
    ['{{.x | lower}}', 1, /"lower" is no function/],
    ['{{constructor .x}}', 1, /"constructor" is no function/],
    ['{{x}}', 1, /"x" is no path/],
    ['{{}}', 1, /"" is no path/],
    ['{{.x.}}', 1, /is no path/],
    ['{{end}}', 1, /"end" ends nothing/],
  ] as const) {
    assert.throws(
      () => parseTemplate(text, functions),
      (error) => error instanceof TemplateMistake && error.line === line && words.test(error.message),
      text,
    );
  }
});

test('lists are gone through, and the whole is reached by $ from within', () => {
  const data = { n: 'x', list: [{ a: 1 }, { a: 2 }], none: [] };
  assert.equal(fill('{{range .list}}{{.a}}{{$.n}} {{end}}', data), '1x 2x ');
  assert.equal(fill('{{range .none}}a{{else}}nothing{{end}}', data), 'nothing');
  assert.equal(fill('{{with .none}}a{{else}}b{{end}}{{with .n}}{{.}}{{end}}', data), 'bx');
});

test('conditions are true of what is there and not empty, as in Go', () => {
  const data = { zero: 0, empty: '', some: 'a', no: false, list: [0] };
  assert.equal(
    fill('{{if .zero}}a{{end}}{{if .empty}}b{{end}}{{if .no}}c{{end}}{{if .gone}}d{{end}}', data),
    '',
  );
  assert.equal(fill('{{if .some}}a{{end}}{{if .list}}b{{end}}', data), 'ab');
  const chain = '{{if eq .x 1}}one{{else if eq .x 2 3}}few{{else}}many{{end}}';
  assert.deepEqual(
    [1, 2, 3, 4].map((x) => fill(chain, { x })),
    ['one', 'few', 'few', 'many'],
  );
  assert.equal(fill('{{if ne .some "a"}}other{{else}}same{{end}}', data), 'same');
});

test('texts in quotes stand for themselves, line ends too', () => {
  assert.equal(fill('a{{"\\n"}}b{{`\\n`}}{{ "|" | twice }}', {}), 'a\nb\\n||');
});

test('blocks in more blocks than anybody writes are refused, and many beside each other are not', () => {
  const nested = (count: number): string => `${'{{if .x}}'.repeat(count)}${'{{end}}'.repeat(count)}`;
  assert.throws(() => parseTemplate(nested(10_000), functions), /blocks stand in more than 32 others/);
  assert.equal(fill('{{if .x}}a{{end}}'.repeat(1000), { x: 1 }), 'a'.repeat(1000));
});
