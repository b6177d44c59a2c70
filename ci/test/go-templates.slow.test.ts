import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compileTemplate } from '../../runtime/src/output/template-values.js';
import { root } from './repository.js';

/** The same templates for Go's own text/template and for ours. */

const event = {
  name: 'openat',
  n: 5,
  zero: 0,
  minus: -42,
  big: 9007199254740993n,
  most: 18446744073709551615n,
  real: 1.5,
  pi: 3.14159265,
  small: 0.00001234,
  yes: true,
  no: false,
  empty: '',
  umlaut: 'grün €😀',
  quoted: `a"b'c\\d`,
  markup: `<a href="x">'&'</a>`,
  list: ['a', 'b', 'c'],
  numbers: [1, 2, 3],
  mixed: [1, 'x', 2.5, true, null],
  none: [],
  map: { b: 2, a: 1, c: { d: 'deep' } },
  bare: {},
  null: null,
  args: [
    { Name: 'dirfd', Value: -100 },
    { Name: 'pathname', Value: '/etc/passwd' },
  ],
};

/** Each must come to the same text, or be refused by both. */
const same: readonly string[] = [
  // Text, comments, white space
  ...[
    '',
    'plain',
    '{ {.n} }',
    'a{{/* c */}}b',
    'a {{- /* c */ -}} b',
    'a{{/* {{ }} */}}b',
    '{{/* open',
    '{{ /* c */ }}',
  ],
  ...[
    'a \n {{- .n -}} \n b',
    'a {{- .n }} b',
    '{{.n -}}  b',
    '{{- .n}}',
    'x{{-3}}',
    'x {{- 3}}',
    '{{.n-}}',
    '{{- -}}',
  ],
  ...[
    '\n{{\n.n\n}}',
    '{{"a\\n" -}}  b',
    '{{.n',
    '{{',
    '}}',
    '{{}}',
    '{{ }}',
    '{{.n}}}',
    '{{{.n}}',
    'a\u00a0 {{- 1}}',
  ],
  // Fields
  ...[
    '{{.}}',
    '{{.n}}',
    '{{.map.c.d}}',
    '{{.gone}}',
    '{{.gone.more}}',
    '{{.null}}',
    '{{.name.x}}',
    '{{.n.x}}',
    '{{.list.x}}',
  ],
  ...[
    '{{.map}}',
    '{{.list}}',
    '{{.mixed}}',
    '{{.none}}',
    '{{.bare}}',
    '{{.real}}',
    '{{.small}}',
    '{{.big}}',
    '{{.most}}',
  ],
  ...[
    '{{.n 1}}',
    '{{1 2}}',
    '{{"a" "b"}}',
    '{{.n.}}',
    '{{.x.1}}',
    '{{$}}',
    '{{$.n}}',
    '{{$.map.c.d}}',
    '{{.yes}}',
    '{{. .}}',
  ],
  ...[
    '{{(.map).c.d}}',
    '{{(index .args 0).Name}}',
    '{{(index .args 1).Value}}',
    '{{(.n)}}',
    '{{((.n))}}',
    '{{(.n}}',
    '{{.n)}}',
  ],
  ...[
    '{{(.map) .c}}',
    '{{(1).x}}',
    '{{"a".x}}',
    '{{1.x}}',
    '{{true.x}}',
    '{{nil.x}}',
    '{{.umlaut}}',
    '{{.grün}}',
  ],
  // Literals
  ...[
    '{{"a\\tb\\x41\\u00e9\\U0001F600\\101\\\\\\""}}',
    '{{`a\\n"`}}',
    '{{"\\q"}}',
    `{{"\\'"}}`,
    '{{"\\400"}}',
    '{{"a\nb"}}',
    '{{"a}}',
  ],
  ...[
    `{{'a'}}`,
    `{{'\\n'}}`,
    `{{'\\''}}`,
    `{{'ab'}}`,
    `{{''}}`,
    `{{'"'}}`,
    `{{'\\"'}}`,
    `{{'€'}}`,
    '{{`a\nb`}}',
    '{{"\\xc3\\xa9"}}',
  ],
  ...[
    '{{1}}',
    '{{-1}}',
    '{{+1}}',
    '{{0x1F}}',
    '{{0b101}}',
    '{{0o17}}',
    '{{017}}',
    '{{089}}',
    '{{1_000}}',
    '{{1__0}}',
    '{{0x}}',
    '{{0x_1}}',
  ],
  ...[
    '{{1.5}}',
    '{{.5}}',
    '{{1e3}}',
    '{{1e-7}}',
    '{{0x1p-2}}',
    '{{1.}}',
    '{{1e}}',
    '{{1x}}',
    '{{99999999999999999999}}',
    '{{9223372036854775807}}',
  ],
  ...[
    '{{true}}',
    '{{false}}',
    '{{nil}}',
    '{{print nil}}',
    '{{print true 1}}',
    '{{- 1 -}}',
    '{{1-2}}',
    '{{1 -2}}',
    '{{1_000.5}}',
  ],
  // Pipelines
  ...[
    '{{.n | printf "%d"}}',
    '{{"a" | printf "%s-%s" "b"}}',
    '{{.n | .name}}',
    '{{.n | 1}}',

    '{{| .n}}',
    '{{.n || .n}}',
  ],
  ...[
    '{{printf "%s" .name | len}}',
    '{{.name | len | printf "%03d"}}',
    '{{(printf "%s" .name) | printf "<%s>"}}',
    '{{len .list | eq 3}}',
  ],
  ...[
    '{{print (len .list) (len .map)}}',
    '{{print(len .list)}}',
    '{{len(.list)}}',
    '{{print .n.x}}',
    '{{frob .n}}',
    '{{name}}',
    '{{.n | frob}}',
  ],
  // Variables
  ...[
    '{{$x := 1}}{{$x}}',
    '{{$x:=1}}{{$x}}',
    '{{$x := .map}}{{$x.c.d}}',
    '{{$x}}',
    '{{$x := 1}}{{$x = 2}}{{$x}}',
    '{{$x = 1}}',
  ],
  ...[
    '{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}',
    '{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}',
    '{{if true}}{{$x := 1}}{{end}}{{$x}}',
  ],
  ...[
    '{{$x := 1}}{{$x := print $x "a"}}{{$x}}',
    '{{with $x := .n}}{{$x}}{{.}}{{end}}',
    '{{if $x := .n}}{{$x}}{{else}}{{$x}}{{end}}',
    '{{if $x := .zero}}{{else}}{{$x}}{{end}}',
  ],
  ...[
    '{{$x := .n | printf "%d!"}}{{$x}}',
    '{{$x, $y := .n}}',
    '{{$x := $x}}',
    '{{$x := }}',
    '{{$1 := 2}}{{$1}}',
    '{{$x := 1}}{{$x .n}}',
    '{{($x := 1)}}{{$x}}',
  ],
  ...[
    '{{$x=1}}',
    '{{$x := 1}}{{$x.y}}',
    '{{$n := 0}}{{range .numbers}}{{$n = .}}{{end}}{{$n}}',
    '{{$ := 1}}{{$}}',
  ],
  // Conditions
  ...[
    '{{if .n}}a{{end}}',
    '{{if .zero}}a{{else}}b{{end}}',
    '{{if .empty}}a{{end}}',
    '{{if .none}}a{{end}}',
    '{{if .bare}}a{{end}}',
    '{{if .gone}}a{{end}}',
  ],
  ...[
    '{{if .null}}a{{else}}b{{end}}',
    '{{if .real}}a{{end}}',
    '{{if .map}}a{{end}}',
    '{{if not .no}}a{{end}}',
    '{{if .n}}{{else if .n}}b{{end}}',
  ],
  ...[
    '{{if .no}}a{{else if .zero}}b{{else if .yes}}c{{else}}d{{end}}',
    '{{if .no}}a{{else if .zero}}b{{else}}d{{end}}',
    '{{if .n}}a{{else}}b{{else}}c{{end}}',
  ],
  ...[
    '{{if}}a{{end}}',
    '{{if .n}}a',
    '{{else}}',
    '{{end}}',
    '{{if .n}}a{{else with .n}}b{{end}}',
    '{{if .n}}{{if .n}}a{{end}}',
    '{{if .n}}a{{end .n}}',
  ],
  ...[
    '{{with .map}}{{.a}}{{$.n}}{{end}}',
    '{{with .gone}}a{{else}}{{.n}}{{end}}',
    '{{with .gone}}a{{else with .map}}{{.a}}{{else}}c{{end}}',
    '{{with .no}}a{{else if .n}}b{{end}}',
  ],
  ...[
    '{{if and .n .name}}a{{end}}',
    '{{if or .no .zero .yes}}a{{end}}',
    '{{if (eq .name "openat")}}a{{end}}',
    '{{if eq .name "x" "openat"}}a{{end}}',
  ],
  // Range
  ...[
    '{{range .list}}{{.}},{{end}}',
    '{{range .none}}a{{else}}none{{end}}',
    '{{range $e := .list}}{{$e}}{{.}}{{end}}',
    '{{range $i, $e := .list}}{{$i}}={{$e}} {{end}}',
  ],
  ...[
    '{{range .map}}{{.}} {{end}}',
    '{{range $k, $v := .map}}{{$k}}={{$v}} {{end}}',
    '{{range .gone}}a{{else}}b{{end}}',
    '{{range .null}}a{{else}}b{{end}}',
    '{{range .name}}a{{end}}',
  ],
  ...[
    '{{range 3}}{{.}}{{end}}',
    '{{range $i := 3}}{{$i}}{{end}}',
    '{{range $i, $e := 3}}{{$i}}{{end}}',
    '{{range .n}}{{.}}{{end}}',
    '{{range .real}}a{{end}}',
    '{{range .zero}}a{{else}}b{{end}}',
    '{{range .minus}}a{{else}}b{{end}}',
  ],
  ...[
    '{{range .args}}{{.Name}}={{.Value}} {{$.n}} {{end}}',
    '{{range .numbers}}{{if eq . 2}}{{continue}}{{end}}{{.}}{{end}}',
    '{{range .numbers}}{{if eq . 2}}{{break}}{{end}}{{.}}{{end}}',
  ],
  ...[
    '{{break}}',
    '{{continue}}',
    '{{range .none}}{{else}}{{break}}{{end}}',
    '{{range .list}}{{range $.numbers}}{{break}}{{end}}{{.}}{{end}}',
    '{{range .list}}{{with .}}{{break}}{{end}}{{end}}x',
  ],
  ...[
    '{{$i := 0}}{{$e := ""}}{{range $i, $e = .list}}{{end}}{{$i}}{{$e}}',
    '{{$e := ""}}{{range $e = .list}}{{end}}{{$e}}',
    '{{range $i, $e, $f := .list}}{{end}}',
    '{{range $i, .list}}{{end}}',
  ],
  ...[
    '{{range .list}}a{{else if .n}}b{{end}}',
    '{{range $i, $e := .mixed}}{{$i}}:{{$e}} {{end}}',
    '{{range .yes}}a{{end}}',
    '{{range .list}}{{break 1}}{{end}}',
    '{{range $i, $e := .list}}{{end}}{{$i}}',
  ],
  // Templates
  ...[
    '{{define "a"}}<{{.}}>{{end}}{{template "a" .n}}',
    '{{template "a" 1}}{{define "a"}}<{{.}}>{{end}}',
    '{{define "a"}}<{{.}}>{{end}}{{template "a"}}',
    '{{define "a"}}{{$}}{{.}}{{end}}{{template "a" .name}}',
  ],
  ...[
    '{{block "a" .n}}[{{.}}]{{end}}',
    '{{block "a" .n}}[{{.}}]{{end}}{{template "a" 2}}',
    '{{template "gone"}}',
    '{{template}}',
    '{{template .n}}',
    '{{define .n}}{{end}}',
    '{{define "a"}}',
  ],
  ...[
    '{{define "a"}}x{{end}}{{define "a"}}y{{end}}',
    '{{define "a"}} {{end}}{{define "a"}}y{{end}}{{template "a"}}',
    '{{if .n}}{{define "a"}}{{end}}{{end}}',
    '{{$x := 1}}{{define "a"}}{{$x}}{{end}}{{template "a"}}',
  ],
  ...[
    '{{define "r"}}{{if .}}{{index . 0}}{{template "r" (slice . 1)}}{{end}}{{end}}{{template "r" .list}}',
    '{{range .list}}{{block "a" .}}{{break}}{{end}}{{end}}',
    '{{define "a"}}x{{else}}y{{end}}',
    '{{block "a"}}x{{end}}',
  ],
  ...[
    '{{template `a` .map}}{{define `a`}}{{.c.d}}{{end}}',
    '{{define "a" }}b{{ end }}{{ template "a" }}',
    '{{template "a" $x := 1}}{{define "a"}}{{.}}{{end}}{{$x}}',
  ],
  // Logic and comparisons
  ...[
    '{{and}}',
    '{{and 1}}',
    '{{and 1 0 2}}',
    '{{or 0 "" .name}}',
    '{{or 0 ""}}',
    '{{and .gone (index .list 9)}}',
    '{{or .n (index .list 9)}}',
    '{{and .n (index .list 9)}}',
    '{{.n | and 1}}',
    '{{.n | or 0}}',
  ],
  ...[
    '{{not 0}}',
    '{{not .list}}',
    '{{not}}',
    '{{not 1 2}}',
    '{{eq 1 1}}',
    '{{eq 1 2 3 1}}',
    '{{eq 1}}',
    '{{eq}}',
    '{{eq "a" "a"}}',
    '{{eq .n 5}}',
    '{{eq "1" 1}}',
    '{{eq true true}}',
    '{{eq true 1}}',
    '{{eq .gone nil}}',
    '{{eq nil nil}}',
  ],
  ...[
    '{{eq .list .list}}',
    '{{eq .map nil}}',
    '{{eq .gone .n}}',
    '{{eq .n .gone}}',
    '{{ne 1 2}}',
    '{{ne 1 2 3}}',
    '{{ne .name "openat"}}',
    '{{lt 1 2}}',
    '{{lt "a" "b"}}',
    '{{lt 1 "a"}}',
    '{{lt true false}}',
    '{{lt .gone 1}}',
    '{{le 1 1}}',
    '{{gt 2 1}}',
    '{{ge 1 2}}',
    '{{lt 1.5 2.5}}',
  ],
  ...[
    '{{eq .big 9007199254740993}}',
    '{{eq .big 9007199254740992}}',
    '{{gt .most 1}}',
    '{{lt .minus .most}}',
    '{{eq .most .most}}',
    '{{eq .real 1.5}}',
    "{{eq 'a' 97}}",
  ],
  // len, index, slice
  ...[
    '{{len .list}}',
    '{{len .map}}',
    '{{len .umlaut}}',
    '{{len .n}}',
    '{{len .gone}}',
    '{{len "abc"}}',
    '{{index .list 0}}',
    '{{index .list 3}}',
    '{{index .list -1}}',
    '{{index .list "a"}}',
    '{{index .map "a"}}',
    '{{index .map "x"}}',
    '{{index .map 1}}',
  ],
  ...[
    '{{index .map "c" "d"}}',
    '{{index .args 1 "Value"}}',
    '{{index .list}}',
    '{{index}}',
    '{{index .gone 1}}',
    '{{index .n 1}}',
    '{{index "abc" 1}}',
    '{{index .umlaut 2}}',
    '{{index .list 1.5}}',
    '{{index .list nil}}',
    '{{.list | index 0}}',
  ],
  ...[
    '{{slice .list 1}}',
    '{{slice .list 1 2}}',
    '{{slice .list}}',
    '{{slice .list 2 1}}',
    '{{slice .list 0 9}}',
    '{{slice "abcdef" 1 3}}',
    '{{slice "abc" 1 2 3}}',
    '{{slice .n}}',
    '{{slice .list 0 1 2}}',
    '{{slice .umlaut 0 4}}',
    '{{slice .map 1}}',
  ],
  // print and escapers
  ...[
    '{{print}}',
    '{{print 1 2}}',
    '{{print "a" "b"}}',
    '{{print 1 "a" 2}}',
    '{{print 1 2 "a" "b" 3 4}}',
    '{{print .list .map}}',
    '{{print .gone}}',
    '{{print .null 1}}',
    '{{println}}',
    '{{println 1 "a" .list}}',
    '{{print 1.5 true}}',
  ],
  ...[
    '{{html .markup}}',
    '{{html 1 2 "<"}}',
    '{{js .quoted}}',
    '{{js .markup}}',
    '{{js .umlaut}}',
    '{{urlquery .umlaut}}',
    '{{urlquery "a b&c=d/e~f"}}',
    '{{html .gone}}',
    '{{html .list}}',
    '{{js "a\\n\\x7f"}}',
    '{{html nil}}',
    '{{js}}',
  ],
  // printf
  ...[
    '{{printf "%v %v %v %v" .n .name .yes .list}}',
    '{{printf "%s" .n}}',
    '{{printf "%s" .list}}',
    '{{printf "%s" .mixed}}',
    '{{printf "%d" .name}}',
    '{{printf "%d" .mixed}}',
    '{{printf "%s" .gone}}',
    '{{printf "%v" .gone}}',
    '{{printf "%d" nil}}',
  ],
  ...[
    '{{printf "%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%#o|%O|%b|%#b" 42 42 42 42 42 255 255 255 8 8 8 5 5}}',
    '{{printf "%05d|%+05d|%-05d|%x|%6.3d|%.0d|" -42 42 -42 -255 7 0}}',
    '{{printf "%c|%q|%U|%#U|%5c|" 97 97 97 97 97}}',
  ],
  ...[
    '{{printf "%t|%5t|%v" .yes .no .yes}}',
    '{{printf "%t" 1}}',
    '{{printf "%q|%+q|%#q|%#q|%.2q" .quoted .umlaut "a" "a`" "abc"}}',
    '{{printf "%5s|%-5s|%05s|%.2s|%5.1s|" "abc" "abc" "abc" "abc" "abc"}}',
    '{{printf "%x|%X|% x|%#x|%# x|%.1x|%x" "abc" "abc" "abc" "abc" "abc" "abc" ""}}',
  ],
  ...[
    '{{printf "%f|%.2f|%8.3f|%-8.1f|%08.2f|%+.1f|% .1f|%F" 1.5 .pi .pi .pi .pi .pi .pi .pi}}',
    '{{printf "%e|%.2e|%E|%g|%G|%.3g" .pi .pi .small .pi .small .pi}}',
    '{{printf "%.0f %.0f %.0f %.1f" 0.5 1.5 2.5 0.25}}',
    '{{printf "%g %g %g %.10g" 1.5e10 1.5e-10 123456.5 123456.5}}',
    '{{printf "%.3g %.1g %g" 1234.5 0.96 100.25}}',
  ],
  ...[
    '{{printf "%.30f" 0.1}}',
    '{{printf "%v %6.2v|" .real .pi}}',
    '{{printf "%d" .real}}',
    '{{printf "%s" .real}}',
    '{{printf "%5d" "x"}}',
    '{{printf "%z" 1}}',
    '{{printf "%!" 1}}',
    '{{printf "%"}}',
    '{{printf "%d"}}',
    '{{printf "%d %d" 1}}',
    '{{printf "a" 1 "b" nil .real}}',
    '{{printf "%%|%5%|%-%"}}',
  ],
  ...[
    '{{printf "%*d|%-*d|%.*f" 5 1 5 2 2 .pi}}',
    '{{printf "%*d" "a" 1}}',
    '{{printf "%.*f" -1 .pi}}',
    '{{printf "%[2]d %[1]d" 1 2}}',
    '{{printf "%[3]d" 1 2}}',
    '{{printf "%[x]d" 1}}',
    '{{printf "%[1]d %d" 1 2}}',
    '{{printf "%[2]*[1]d|" 1 5}}',
    '{{printf "%[1]5d" 1}}',
    '{{printf "%-*d|" -4 1}}',
  ],
  ...[
    '{{printf "%T %T %T %T %T %T %T" .n .name .yes .real .list .map nil}}',
    '{{printf "%#v %#v %#v %#v %#v %#v" .n .name .yes .real .mixed .map}}',
    '{{printf "%+v" .map}}',
    '{{printf "%+d %+v" 1 1}}',
    '{{printf "%p" 1}}',
    '{{printf "%w" "a"}}',
    '{{printf "%s|%d" .map .map}}',
    '{{printf "%x" .list}}',
    '{{printf "%q" .list}}',
    '{{printf "%5d" .numbers}}',
    '{{printf "%02x" .numbers}}',
  ],
  ...[
    '{{printf 1}}',
    '{{printf}}',
    '{{printf .list}}',
    '{{printf .name}}',
    '{{printf "%d%%" 50}}',
    '{{printf "%6.2f%%" .pi}}',
    '{{printf "%s %s" .umlaut}}',
    '{{printf "%6s|%-9s|" "€" .umlaut}}',
    '{{printf "%d %x" .big .most}}',
    '{{printf "%t" .name}}',
    '{{printf "%v" .mixed}}',
    '{{printf "%d" true}}',
    '{{printf "%08b" 5}}',
    '{{printf "%+.3e" 12345.678}}',
    '{{printf "%s" (print 1 2)}}',
  ],
];

/** Where we differ on purpose: what Go prints, and what we print; undefined where it is refused. */
const different: readonly [
  template: string,
  go: string | undefined,
  ours: string | undefined,
  why: string,
][] = [
  ['{{.escape}}', 'a\u001b[31m\n', String.raw`a\x1b[31m\x0a`, 'control characters of values are escaped'],
  [
    '{{printf "%s\\n" .escape}}',
    'a\u001b[31m\n\n',
    `${String.raw`a\x1b[31m\x0a`}\n`,
    'but not those of the template',
  ],
  ['{{slice .umlaut 0 3}}', 'gr\ufffd', 'gr\\xc3', 'half a character is escaped'],
  ['{{.large}}', '1.2345678905e+09', '1234567890.5', 'times are printed in full'],
  ['{{printf "%v" .large}}', '1.2345678905e+09', '1234567890.5', 'and by printf'],
  ['{{eq 1 1.0}}', undefined, 'true', 'numbers are compared as numbers'],
  ['{{printf "%.1f" .n}}', '%!f(int=5)', '5.0', 'a number without a fraction is both'],
  ['{{printf "%d" 2.0}}', '%!d(float64=2)', '2', 'a number without a fraction is both'],
  ['{{.null.x}}', undefined, '<no value>', 'what is null is as if it were not there'],
  ['{{if .no}}{{template "gone"}}{{end}}', '', undefined, 'mistakes are told before anything is filled'],
  ['{{if .no}}{{len}}{{end}}', '', undefined, 'and so are missing values'],
  ['{{if .no}}{{.n | .name}}{{end}}', '', undefined, 'and values for what is no function'],
  ['{{.n |}}', '5', undefined, 'behind a bar stands something'],
  ['{{call .n}}', undefined, undefined, 'nothing can be called'],
  ['{{1i}}', '(0+1i)', undefined, 'there are no complex numbers'],
  ['{{range 1000000}}{{end}}', '', undefined, 'loops have a limit'],
];
const more = { ...event, escape: 'a\u001b[31m\n', large: 1234567890.5 };

const directory = mkdtempSync(join(tmpdir(), 'tracee-go-'));
after(() => rmSync(directory, { recursive: true }));

/** `else with` came with Go 1.23, and half of the rest not long before. */
const hasGo = ((): boolean => {
  try {
    const [, minor] = /go1\.(\d+)/.exec(execFileSync('go', ['version'], { encoding: 'utf8' })) ?? [];
    return Number(minor) >= 23;
  } catch {
    return false;
  }
})();

interface GoResult {
  readonly output: string;
  readonly refusal?: string;
}

function fillWithGo(templates: readonly string[], data: object): GoResult[] {
  const program = join(directory, 'go-templates');
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '' };
  execFileSync('go', ['build', '-o', program, '.'], { cwd: join(root, 'ci/go-templates'), env });
  const json = JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'bigint' ? `big:${value}` : value,
  ).replaceAll(/"big:(\d+)"/g, '$1');
  const input = templates
    .map((template) => `{"template":${JSON.stringify(template)},"data":${json}}\n`)
    .join('');
  const lines = execFileSync(program, { input, encoding: 'utf8', maxBuffer: 1 << 26 })
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as GoResult);
}

function fillWithOurs(template: string, data: object): { output: string } | { refusal: string } {
  const fields = Object.fromEntries(Object.keys(data).map((name) => [name, 'any' as const]));
  try {
    return {
      output: compileTemplate(template, 't', { ...fields, gone: 'any', grün: 'any', x: 'any' })(data),
    };
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error, `${template}: ${String(error)}`);
    return { refusal: error.message };
  }
}

const needsGo = { skip: hasGo ? false : 'needs Go 1.23 or later: ci/setup.sh go' };

test('templates come to the same text as in Go, or are refused by both', needsGo, () => {
  assert.ok(same.length >= 150);
  const results = fillWithGo(same, event);
  const wrong = same.flatMap((template, index) => {
    const go = results[index];
    const ours = fillWithOurs(template, event);
    if (
      'refusal' in ours ? go?.refusal !== undefined : go?.refusal === undefined && go?.output === ours.output
    )
      return [];
    return [{ template, go, ours }];
  });
  assert.deepEqual(wrong, []);
});

test('where we differ from Go, it is as we say', needsGo, () => {
  const results = fillWithGo(
    different.map(([template]) => template),
    more,
  );
  for (const [index, [template, wanted, ourWanted, why]] of different.entries()) {
    const go = results[index];
    const ours = fillWithOurs(template, more);
    const line = `${template}: ${why}`;
    assert.equal(go?.refusal === undefined ? go?.output : undefined, wanted, line);
    assert.equal('refusal' in ours ? undefined : ours.output, ourWanted, line);
  }
});
