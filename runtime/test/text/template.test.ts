import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TemplateFailure, TemplateMistake } from '../../src/text/template/mistakes.js';
import { pathsFromRoot } from '../../src/text/template/paths.js';
import { fill, parse } from './template-fill.js';

test('paths are walked, and text around them stays as it is', () => {
  const data = { a: { b: 'deep' }, n: 1 };
  assert.equal(fill('x {{.a.b}}, {{ .n }}\n', data), 'x deep, 1\n');
  assert.equal(fill('{{.}}', data), 'map[a:map[b:deep] n:1]');
  assert.equal(fill('', data), '');
  assert.equal(fill('{ {.a} }', data), '{ {.a} }');
  assert.equal(fill('{{(.a).b}} {{(index .a "b") | upper}}', data), 'deep DEEP');
});

test('what stands behind a function is given to it, and what stands before a bar is the last of that', () => {
  const data = { a: 'x', b: 'y' };
  assert.equal(fill('{{print .a .b}} {{.a | print .b}} {{.a|upper|printf "%s%s" .b}}', data), 'xy yx yX');
  assert.throws(() => fill('{{upper upper .a}}', data), /upper takes 1 values, and is given 2/);
});

test('comments are left out, and marks trim the white space beside them', () => {
  assert.equal(fill('a{{/* {{ nothing */}}b', {}), 'ab');
  assert.equal(fill('a \n {{- .x -}} \n b', { x: 1 }), 'a1b');
  assert.equal(fill('a {{- .x }} b', { x: 1 }), 'a1 b');
});

test('only own members can be reached, and none that are hidden', () => {
  const data = Object.defineProperty({ a: 'text', list: [1] }, 'hidden', { value: () => 'secret' });
  assert.equal(
    fill('{{.constructor}} {{.__proto__}} {{.__proto__.x}} {{.toString}} {{.hidden}}', data),
    '<no value> <no value> <no value> <no value> <no value>',
  );
  assert.equal(
    fill('{{index . "constructor"}} {{get . "__proto__"}}{{hasKey . "toString"}}', data),
    '<no value> false',
  );
  for (const text of [
    '{{.a.length}}',
    '{{.list.length}}',
    '{{index .list "length"}}',
    '{{.a.constructor}}',
  ]) {
    assert.throws(() => fill(text, data), TemplateFailure, text);
  }
  const made: unknown = JSON.parse('{"__proto__": {"x": "own"}}');
  assert.equal(fill('{{.__proto__.x}}', made), 'own');
  assert.equal(fill('{{$d := dict "__proto__" 1}}{{$d}} {{$d.toString}}', {}), 'map[__proto__:1] <no value>');
});

test('what cannot be understood is refused with its line', () => {
  for (const [text, line, words] of [
    ['a\nb {{.x', 2, /never closed/],
    ['{{range .x}}', 1, /"range" has no end/],
    ['\n\n{{if .x}}', 3, /"if" has no end/],
    ['{{if .x}}{{else}}', 1, /"if" has no end/],
    ['{{if .x}}{{else with .y}}{{end}}', 1, /"else with" does not belong to if/],
    ['a{{else}}', 1, /"else" ends nothing/],
    ['{{end}}', 1, /"end" ends nothing/],
    ['{{eq .x}}', 1, /eq takes 2 or more values, and is given 1/],
    ['\n{{.x | frob}}', 2, /there is no function frob; a field has a point before it: \.frob/],
    ['{{.x | uper}}', 1, /there is no function uper; did you mean upper\?/],
    ['{{constructor .x}}', 1, /there is no function constructor/],
    ['{{"a\\q"}}', 1, /is not a text in quotes/],
    ['{{"a}}', 1, /a text that begins with " has no end/],
    ['{{}}', 1, /expected a value, and met "}}"/],
    ['{{.x.}}', 1, /expected white space/],
    ['{{.x}}\n{{$y}}', 2, /there is no variable \$y/],
    ['{{if .x}}{{$y := 1}}{{end}}{{$y}}', 1, /there is no variable \$y/],
    ['{{$y = 1}}', 1, /there is no variable \$y/],
    ['{{.x 1}}', 1, /\.x is no function, and cannot be given a value/],
    ['{{nil}}', 1, /nil is no command/],
    ['{{break}}', 1, /"break" stands in no range/],
    ['{{(.x}}', 1, /"\(" is never closed/],
    ['{{template "x"}}', 1, /no template is called "x"/],
    ['{{define "x"}}', 1, /"define" has no end/],
    ['{{define "x"}}a{{end}}\n{{define "x"}}b{{end}}', 2, /two templates called "x"/],
    ['{{18446744073709551616}}', 1, /more than 64 bits/],
    ['{{/* a', 1, /a comment is never closed/],
    ['{{call .x}}', 1, /there is no function call/],
  ] as const) {
    assert.throws(
      () => parse(text),
      (error) => error instanceof TemplateMistake && error.line === line && words.test(error.message),
      text,
    );
  }
});

test('what a function cannot use ends the filling, with the line', () => {
  for (const [text, line, words] of [
    ['\n{{index .list 3}}', 2, /index: 3 is out of range/],
    ['{{range .list}}\n{{len 1}}{{end}}', 2, /len: a value of type int has no length/],
    ['{{.text.more}}', 1, /there is no field more in a value of type string/],
    ['{{eq .list .list}}', 1, /cannot be compared/],
    ['{{range .text}}{{end}}', 1, /range cannot go through a value of type string/],
    ['{{upper .gone}}', 1, /upper: a value of type <nil> is no text/],
    ['{{add .text 1}}', 1, /add: "a" is no number/],
    ['{{div 1 0}}', 1, /nothing can be divided by 0/],
  ] as const) {
    assert.throws(
      () => fill(text, { list: [1], text: 'a' }),
      (error) => error instanceof TemplateFailure && error.line === line && words.test(error.message),
      text,
    );
  }
});

test('lists are gone through, and the whole is reached by $ from within', () => {
  const data = { n: 'x', list: [{ a: 1 }, { a: 2 }], none: [] };
  assert.equal(fill('{{range .list}}{{.a}}{{$.n}} {{end}}', data), '1x 2x ');
  assert.equal(fill('{{range .none}}a{{else}}nothing{{end}}', data), 'nothing');
  assert.equal(fill('{{with .none}}a{{else}}b{{end}}{{with .n}}{{.}}{{end}}', data), 'bx');
  assert.equal(fill('{{range $i, $e := .list}}{{if $i}}, {{end}}{{$i}}={{$e.a}}{{end}}', data), '0=1, 1=2');
  assert.equal(fill('{{range $k, $v := .}}{{$k}} {{end}}{{range 3}}{{.}}{{end}}', data), 'list n none 012');
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

test('numbers of any size are compared by what they are', () => {
  const data = { small: 5, large: 5n, most: 2n ** 64n - 1n };
  assert.equal(
    fill('{{eq .small .large}} {{lt .small .most}} {{eq .most 5}} {{gt .most .large}}', data),
    'true true false true',
  );
  assert.equal(fill('{{add .most 1}} {{printf "%x" .most}}', data), '0 ffffffffffffffff');
});

test('texts in quotes stand for themselves, line ends too', () => {
  assert.equal(fill('a{{"\\n"}}b{{`\\n`}}{{ "|" | repeat 2 }}', {}), 'a\nb\\n||');
});

test('text of others is escaped whatever functions make of it, and that of the template is not', () => {
  const data = { x: 'a\u001b[2J\n', list: ['\u202e', 'b'], esc: 27 };
  for (const [text, expected] of [
    ['{{.x}}', 'a\\x1b[2J\\x0a'],
    ['{{printf "%s\\n" .x}}', 'a\\x1b[2J\\x0a\n'],
    ['{{printf "%q %-12s|" .x .x}}', '"a\\x1b[2J\\n" a\\x1b[2J\\x0a      |'],
    ['{{print .x "\\n"}}', 'a\\x1b[2J\\x0a\n'],
    ['{{println .x}}', 'a\\x1b[2J\\x0a\n'],
    ['{{html .x}}{{js .x}}{{urlquery .x}}', 'a\\x1b[2J\\x0aa\\u001B[2J\\u000Aa%1B%5B2J%0A'],
    ['{{.list | join "\\n"}}', '\\u202e\nb'],
    ['{{.list}}{{printf "%v" .list}}', '[\\u202e b][\\u202e b]'],
    ['{{replace "a" "\\n" .x}}', '\n\\x1b[2J\\x0a'],
    ['{{.x | indent 2}}{{"a\\nb" | nindent 1}}', '  a\\x1b[2J\\x0a  \n a\n b'],
    ['{{upper .x}}{{trunc 2 .x}}{{.x | b64enc | b64dec}}', 'A\\x1b[2J\\x0aa\\x1ba\\x1b[2J\\x0a'],
    [
      '{{$x := .x}}{{$x}}{{(list $x) | first}}{{dict "k" $x}}',
      'a\\x1b[2J\\x0aa\\x1b[2J\\x0amap[k:a\\x1b[2J\\x0a]',
    ],
    ['{{or .x "\\n"}}{{.gone | default "\\n"}}', 'a\\x1b[2J\\x0a\n'],
    ['{{printf "%c" .esc}}{{index .list 0}}{{slice .x 1 2}}', '\\x1b\\u202e\\x1b'],
    ['{{printf .x}}{{squote .x}}{{cat .x "\\n"}}', `a\\x1b[2J\\x0a'a\\x1b[2J\\x0a'a\\x1b[2J\\x0a \n`],
  ] as const) {
    assert.equal(fill(text, data), expected, text);
  }
});

test('where nothing of the template needs it, functions see text as it is', () => {
  assert.equal(fill('{{printf "%s!" .x | json}} {{eq (print .x) .x}}', { x: '\n' }), '"\\n!" true');
});

test('templates are named and called, with variables of their own', () => {
  const text =
    '{{define "row"}}{{$x := .a}}{{$x}}{{$.b}};{{end}}{{$x := 0}}{{range .}}{{template "row" .}}{{end}}{{$x}}';
  assert.equal(
    fill(text, [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]),
    '12;34;0',
  );
  assert.equal(fill('{{block "b" .n}}<{{.}}>{{end}}{{template "b" 2}}', { n: 1 }), '<1><2>');
});

test('blocks in more blocks than anybody writes are refused, and many beside each other are not', () => {
  const nested = (count: number): string => `${'{{if .x}}'.repeat(count)}${'{{end}}'.repeat(count)}`;
  assert.throws(() => parse(nested(10_000)), /blocks stand in more than 32 others/);
  assert.throws(
    () => parse(`{{${'('.repeat(10_000)}1${')'.repeat(10_000)}}}`),
    /parentheses stand in more than 64 others/,
  );
  assert.throws(() => parse(`{{if .x}}${'{{else if .x}}'.repeat(10_000)}{{end}}`), /more than 256 else/);
  assert.equal(fill(`{{if .y}}${'{{else if .y}}'.repeat(200)}{{else}}a{{end}}`), 'a');
  assert.equal(fill('{{if .x}}a{{end}}'.repeat(1000), { x: 1 }), 'a'.repeat(1000));
});

test('what would take for ever, or all memory, ends', () => {
  for (const [text, words] of [
    ['{{range 1000000000}}{{end}}', /more than 100000 rounds/],
    ['{{range 1000}}{{range 1000}}{{end}}{{end}}', /more than 100000 rounds/],
    ['{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}', /call each other more than 100 times/],
    ['{{define "a"}}{{range 3}}{{template "a" .}}{{end}}{{end}}{{template "a" .}}', /more than 100/],
    ['{{repeat 1000000 "abc"}}', /more than 1048576 characters/],
    ['{{$x := "a"}}{{range 100}}{{$x = print $x $x}}{{end}}', /more than 1048576 characters/],
    ['{{$x := "ab"}}{{range 100}}{{$x = replace "a" $x $x}}{{end}}', /more than 1048576 characters/],
    ['{{$x := list 1}}{{range 100}}{{$x = list $x $x}}{{end}}', /more than 10000 members/],
    ['{{$x := list 1}}{{range 100}}{{$x = concat $x $x}}{{end}}', /more than 10000 members/],
    ['{{$x := dict}}{{range 100}}{{$x = dict "a" $x "b" $x}}{{end}}', /more than 10000 members/],
    ['{{until 1000000}}', /more than 10000 members/],
    ['{{printf "%1000000d" 1}}', /no width and no precision is more than 10000/],
    ['{{$x := repeat 1000000 "a"}}{{range 100}}{{$x}}{{end}}', /makes more than 16777216 characters/],
  ] as const) {
    assert.throws(() => fill(text), words, text);
  }
});

test('paths from the whole are known through variables, with, and templates that are called', () => {
  const paths = (text: string): string[] =>
    pathsFromRoot(parse(text)).map(({ path, line }) => `${line}:${path.join('.')}`);
  for (const [text, expected] of [
    ['{{.a.b}}{{$.c}}', ['1:a.b', '1:c']],
    ['{{$x := .}}{{$x.a}}', ['1:a']],
    ['{{$x := .a}}\n{{range .b}}{{$x.c}}{{.d}}{{end}}', ['1:a', '2:b', '2:a.c']],
    ['{{$x := .a}}{{$x = .b}}{{$x.c}}', ['1:a', '1:b']],
    ['{{with .a}}{{.b}}{{$.c}}{{else}}{{.d}}{{end}}', ['1:a', '1:a.b', '1:c', '1:d']],
    ['{{with $x := .a}}{{$x.b}}{{end}}', ['1:a', '1:a.b']],
    ['{{range $i, $e := .a}}{{$e.b}}{{.c}}{{end}}', ['1:a']],
    ['{{(.a).b}}{{(index .a 0).b}}{{(.a | json).b}}', ['1:a', '1:a.b', '1:a', '1:a']],
    ['{{if eq .a .b}}{{.c}}{{end}}', ['1:a', '1:b', '1:c']],
    [
      '{{define "t"}}{{.b}}{{$.c}}{{end}}{{template "t" .a}}{{template "t" .}}',
      ['1:a', '1:a.b', '1:a.c', '1:b', '1:c'],
    ],
    ['{{define "t"}}{{.b}}{{template "t" .c}}{{end}}{{template "t"}}', []],
  ] as const) {
    assert.deepEqual(paths(text), expected, text);
  }
  // Ever longer paths are not followed for ever.
  assert.ok(
    paths('{{define "t"}}{{template "t" .a}}{{template "t" .b}}{{end}}{{template "t" .}}').length < 1000,
  );
});
