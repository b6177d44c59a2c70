import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/detection/rule.js';
import { eventToJson } from '../../src/output/event-json.js';
import { findingTemplate } from '../../src/output/template.js';
import { findingOn } from '../detection/rule-fixture.js';
import { recordedEvent } from '../events/record-encoder.js';

const event = recordedEvent({
  event: 'execve',
  fields: { ns_pid: 7, comm: 'foobar.exe', uts_name: 'foobar.local', executable_links: 1 },
  executable: { bytes: '/opt/x' },
  args: { pathname: { bytes: '/bin/x' } },
});

function fill(text: string, more: Partial<Finding> = {}, form?: 'text' | 'json'): string {
  const finding = findingOn(event, more);
  return findingTemplate(
    text,
    'my.tmpl',
    form,
  )({
    finding,
    losses: { inWindow: 0n, windowSeconds: 10, sinceStart: 4n },
    toldAt: new Date('2021-02-18T11:32:10.5Z'),
  });
}

test('the fields of the original print as the original prints them', () => {
  const text = `
*** Detection ***
Time: {{ .Time }}
Signature ID: {{ .SigMetadata.ID }}
Signature: {{ .SigMetadata.Name }}
Data: {{ .Data }}
Command: {{ .Context.ProcessName }}
Hostname: {{ .Context.HostName }}
`;
  assert.equal(
    fill(text, { data: { foo2: ['bar2', 'baz2'], foo1: 'bar1, baz1' } }),
    `
*** Detection ***
Time: 2021-02-18T11:32:10Z
Signature ID: A
Signature: rule A
Data: map[foo1:bar1, baz1 foo2:[bar2 baz2]]
Command: foobar.exe
Hostname: foobar.local
`,
  );
  assert.equal(fill('{{.Data}} {{.SigMetadata.Tags}} {{.Context.ReturnValue}}'), 'map[] [] 0');
  assert.equal(fill('{{.SigMetadata.Properties}}'), 'map[MITRE ATT&CK:Execution: User Execution Severity:1]');
  assert.equal(fill('{{.Context.Args}}'), '[map[Name:pathname Type:const char* Value:/bin/x]]');
});

test('fields of ours tell the rest', () => {
  assert.equal(
    fill('{{.Severity | upper}} {{.Sight}} {{.Summary}} {{.Facts}} {{.LostEvents}} {{.Exception}}'),
    'LOW sight did it [it was seen] 4 {rule: A, sight: sight, executable: /opt/x, owner: 0, uid: 0}',
  );
});

test('a template that makes JSON makes JSON whatever is in it, with the keys of events', () => {
  const data = { inode: 2n ** 64n - 1n, text: '"\n\u202e' };
  const line = fill(
    '{"Data":{{json .Data}},"Context":{{toJson .Context}},"name":{{quote .Context.ProcessName}},"text":{{.Data.text | json}}}',
    { data },
  );
  const parsed = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual(parsed['Data'], { inode: '18446744073709551615', text: data.text });
  assert.deepEqual(parsed['Context'], JSON.parse(eventToJson(event)));
  assert.deepEqual([parsed['name'], parsed['text']], ['foobar.exe', data.text]);
  assert.doesNotMatch(line, /[\n\u202e]/);
  assert.deepEqual(Object.keys(JSON.parse(fill('{{json .}}')) as object).slice(0, 3), [
    'Data',
    'Context',
    'SigMetadata',
  ]);
  assert.match(fill('{{.SigMetadata | toPrettyJson}}'), /^\{\n {2}"ID": "A",\n/);
});

test('text of traced programs is printed with its control characters escaped', () => {
  assert.equal(
    fill('{{.Data}} {{.Data.x | lower}}', { data: { x: 'A\u001b[2J\n' } }),
    String.raw`map[x:A\x1b[2J\x0a] a\x1b[2j\x0a`,
  );
});

test('data that this finding does not have has no value', () => {
  assert.equal(fill('{{.Data.nothing}} {{.Data.nothing | json}}'), '<no value> null');
});

test('a field that no finding has is refused with file, line and the nearest name', () => {
  for (const [text, words] of [
    ['\n{{.SigMetadata.Nam}}', 'my.tmpl:2: there is no field .SigMetadata.Nam; did you mean Name?'],
    ['{{.Contxt.HostName}}', 'my.tmpl:1: there is no field .Contxt; did you mean Context?'],
    ['{{.Context.Args.Name}}', 'my.tmpl:1: .Context.Args has no fields'],
    ['{{.Time.Year}}', /my\.tmpl:1: there is no field \.Time\.Year/],
    ['{{.constructor}}', /my\.tmpl:1: there is no field \.constructor/],
    ['{{range .Facts}}', /my\.tmpl:1: "range" has no end/],
    ['{{range .Facts}}{{$.Fact}}{{end}}', /my\.tmpl:1: there is no field \.Fact; did you mean Facts/],
    ['{{$all := .}}{{$all.Fact}}', /my\.tmpl:1: there is no field \.Fact; did you mean Facts/],
    ['{{with .Context}}{{.HostNam}}{{end}}', /my\.tmpl:1: there is no field \.Context\.HostNam/],
    ['{{define "a"}}{{.Fact}}{{end}}{{template "a" .}}', /my\.tmpl:1: there is no field \.Fact/],
    ['{{dateInZone "2006" (now) "UTC"}}', /there is no function dateInZone; \.Time says when it was/],
  ] as const) {
    assert.throws(() => fill(text), { code: 'TEMPLATE_INVALID', message: words });
  }
});

test('a finding that the template cannot tell is told of with file and line', () => {
  for (const [text, words] of [
    ['\n{{index .Facts 7}}', 'my.tmpl:2: index: 7 is out of range'],
    ['{{range .Facts}}{{.Name}}{{end}}', 'my.tmpl:1: there is no field Name in a value of type string'],
    ['{{.Data.n | upper}}', 'my.tmpl:1: upper: a value of type <nil> is no text'],
    ['{{range 10000000}}{{end}}', 'my.tmpl:1: the template has more than 100000 rounds of loops'],
  ] as const) {
    assert.throws(() => fill(text), { code: 'TEMPLATE_FAILED', message: words });
  }
});

test('whatever values are, JSON that a template makes is JSON', () => {
  const data = { text: '"},\n\u001b\\', list: ['"', '\u2028'], n: 5n };
  for (const text of [
    '{"a": "{{.Data.text}}"}',
    '{"a": "{{printf "%s\\n%q" .Data.text .Data.list}}"}',
    '{"a": "{{.Data.list | join "\\n"}}"}',
    '{"a": "{{html .Data.text}}{{js .Data.text}}{{print .Data}}{{println .Data.text}}"}',
    '{"a": "{{.Data.text | indent 2}}{{.Data.text | nindent 2}}{{squote .Data.text}}"}',
    '{"a": "{{replace "5" .Data.text "555"}}{{cat .Data.text "\\n"}}{{$x := "\\""}}{{$x}}"}',
    '{"a": "{{range $k, $v := .Data}}{{$k}}: {{$v}}{{end}}{{.Data.text | b64enc | b64dec}}"}',
    '{"a": "{{json .Data | trunc 9}}{{json .Data | replace "5" "6"}}{{printf "%.3s" (json .Data)}}"}',
    '{"a": {{.Data | json}}, "b": {{quote .Data.text}}, "c": {{.Data.text | upper | quote}}}',
    '{"a": {{.Data | toPrettyJson | indent 2 | trim}}, "b": {{printf "%s" (json .Data)}}}',
    '{ {{printf "%s: %s" (quote .Data.text) (json .Data)}} }',
    '{"a": {{.Data.gone | default .Data.list | json}}, "b": {{join ", " (list (json 1) (quote "a")) | printf "[%s]"}}}',
    '{"a": {{ternary (quote .Data.text) (json 1) true}}, "b": {{or .Data.gone (json .Data)}}{{"}"}}',
  ]) {
    const made = fill(text, { data }, 'json');
    assert.doesNotThrow(() => JSON.parse(made) as unknown, `${text} -> ${made}`);
    assert.ok(!made.includes('\u001b') && !made.includes('\u2028'), text);
  }
});

test('what templates for Slack and the like look like', () => {
  assert.equal(
    fill(
      `{{- $severity := .SigMetadata.Properties.Severity -}}
{{- define "field" }}{"title": {{ .name | quote }}, "value": {{ .value | toString | quote }}}{{ end -}}
{"text": "{{ printf "*%s* on %s" .SigMetadata.Name .Context.HostName | upper }}",
 "color": "{{ if ge $severity 3 }}danger{{ else if eq $severity 1 2 }}warning{{ else }}good{{ end }}",
 "fields": [
{{- range $i, $arg := .Context.Args }}{{ if $i }}, {{ end }}
{{- template "field" (dict "name" $arg.Name "value" $arg.Value) }}{{ end -}}
]}`,
      {},
      'json',
    ),
    `{"text": "*RULE A* ON FOOBAR.LOCAL",
 "color": "warning",
 "fields": [{"title": "pathname", "value": "/bin/x"}]}`,
  );
});
