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
    ['{{range .x}}', 1, /"range" is no function; there are twice, upper/],
    ['\n\n{{if .x}}', 3, /"if" is no function/],
    ['{{.x | lower}}', 1, /"lower" is no function/],
    ['{{constructor .x}}', 1, /"constructor" is no function/],
    ['{{x}}', 1, /"x" is no path/],
    ['{{}}', 1, /"" is no path/],
    ['{{.x.}}', 1, /is no path/],
    ['{{ "text" }}', 1, /is no path/],
    ['{{end}}', 1, /"end" is no path/],
  ] as const) {
    assert.throws(
      () => parseTemplate(text, functions),
      (error) => error instanceof TemplateMistake && error.line === line && words.test(error.message),
      text,
    );
  }
});
