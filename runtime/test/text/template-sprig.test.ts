import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill } from './template-fill.js';

const data = {
  text: '  Some text  ',
  path: '/usr/bin/bash',
  list: ['b', 'a', 'b'],
  numbers: [3, 1, 2],
  map: { b: 2, a: 1 },
  empty: '',
  n: 5,
  pretty: { a: 1 },
};

/** What Sprig itself prints, except where the comment says so. */
const rows: readonly [template: string, expected: string][] = [
  ['[{{trim .text}}]', '[Some text]'],
  ['{{trimAll "/h" .path}}', 'usr/bin/bas'],
  ['{{trimPrefix "/usr" .path}} {{.path | trimPrefix "x"}}', '/bin/bash /usr/bin/bash'],
  ['{{trimSuffix "sh" .path}} {{trimSuffix "" .path}}', '/usr/bin/ba /usr/bin/bash'],
  [
    '{{upper .path}} {{lower "ABC"}} {{title "some text"}} {{untitle "Some Text"}}',
    '/USR/BIN/BASH abc Some Text some text',
  ],
  ['{{trunc 4 .path}} {{trunc -4 .path}} {{trunc 99 .path}}', '/usr bash /usr/bin/bash'],
  ['{{substr 1 4 .path}} {{substr 5 -1 .path}}', 'usr bin/bash'],
  ['{{nospace .text}} {{repeat 3 "ab"}} {{repeat -1 "ab"}}|', 'Sometext ababab |'],
  ['{{replace "/" "." .path}}', '.usr.bin.bash'],
  ['{{contains "bin" .path}} {{.path | contains "x"}}', 'true false'],
  ['{{hasPrefix "/usr" .path}} {{hasSuffix "/usr" .path}}', 'true false'],
  ['{{if .path | hasPrefix "/usr/"}}system{{end}}', 'system'],
  ['{{join "," .list}} {{.numbers | join "-"}} {{join "," "one"}}', 'b,a,b 3-1-2 one'],
  ['{{splitList "/" .path}} {{len (splitList "," "a,b")}}', '[ usr bin bash] 2'],
  ['{{last (splitList "/" .path)}} {{first .list}} {{first list}}', 'bash b <no value>'],
  [
    '{{rest .list}} {{initial .list}} {{reverse .numbers}} {{uniq .list}} {{sortAlpha .list}}',
    '[a b] [b a] [2 1 3] [b a] [a b b]',
  ],
  [
    '{{append .list "c"}} {{prepend .list 0}} {{concat .list .numbers}} {{compact (list 1 0 "")}}',
    '[b a b c] [0 b a b] [b a b 3 1 2] [1]',
  ],
  ['{{has "a" .list}} {{has 9 .numbers}} {{has 1 .list}} {{until 3}}', 'true false false [0 1 2]'],
  ['{{.empty | default "none"}} {{default "none" .n}} {{default 1 .gone}} {{default "x"}}', 'none 5 1 x'],
  [
    '{{empty .empty}} {{empty .n}} {{coalesce .gone .empty .n 7}} {{ternary "a" "b" true}} {{.empty | ternary 1 2}}',
    'true false 5 a 2',
  ],
  ['{{all .n .path}} {{any .empty .gone}}', 'true false'],
  [
    '{{toString .n}} {{toString .list}} {{toStrings .numbers}} {{kindOf .n}} {{kindIs "map" .map}} {{typeOf .list}}',
    '5 [b a b] [3 1 2] int true []interface {}',
  ],
  ['{{b64enc "käse"}} {{b64dec "a8Okc2U="}}', 'a8Okc2U= käse'],
  ['{{indent 2 "a\\nb"}}|{{"a\\nb" | nindent 2}}', '  a\n  b|\n  a\n  b'],
  ['{{squote "a" 1 nil}} {{cat "a" .n "b"}}', "'a' '1' a 5 b"],
  [
    '{{$d := dict "a" 1 "b" .n}}{{$d.b}} {{get $d "a"}} [{{get $d "c"}}] {{hasKey $d "a"}} {{keys $d}} {{values $d}}',
    '5 1 [] true [a b] [1 5]',
  ],
  ['{{pick .map "a"}} {{omit .map "a"}}', 'map[a:1] map[b:2]'],
  [
    '{{add 1 2 3}} {{add1 .n}} {{sub 5 2}} {{mul 2 3}} {{div 7 2}} {{mod 7 2}} {{max 1 3 2}} {{min 3 1 2}}',
    '6 6 3 6 3 1 3 1',
  ],
  ['{{int "42"}} {{int64 3.9}} {{add "1" true}}', '42 3 2'],
];

test('functions of Sprig do what they do there', () => {
  for (const [template, expected] of rows) assert.equal(fill(template, data), expected, template);
});
