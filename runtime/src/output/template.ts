import { narrowestException } from '../detection/exception.js';
import type { Finding, Severity } from '../detection/rule.js';
import { TraceeError } from '../errors.js';
import { describeValue } from '../events/names.js';
import type { TracedEvent } from '../events/record.js';
import { nearest } from '../text/nearest.js';
import {
  fillTemplate,
  parseTemplate,
  TemplateMistake,
  type TemplateFunction,
  type TemplatePart,
} from '../text/template.js';
import { escapeJson, escapeText } from './escape.js';
import { exceptionLine } from './exception-line.js';
import type { FindingReport } from './finding.js';
import { eventToJson } from './event-json.js';

/** The original's numbers. */
const severities: Readonly<Record<Severity, number>> = { info: 0, low: 1, medium: 2, high: 3, critical: 4 };

/** JSON in a template, made already: printed as it is, never escaped again. */
class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const functions: Readonly<Record<string, TemplateFunction>> = {
  json: (value) => new Raw(toJson(value)),
  toJson: (value) => new Raw(toJson(value)),
  toPrettyJson: (value) => new Raw(toJson(value, 2)),
  quote: (value) => new Raw(toJson(show(value))),
  upper: (value) => show(value).toUpperCase(),
  lower: (value) => show(value).toLowerCase(),
};

/** Fields of the original's finding, and ours. Below `Data` rules name what they like. */
const fields: Readonly<Record<string, readonly string[] | 'any'>> = {
  Data: 'any',
  Context: [
    ...['Timestamp', 'ProcessID', 'ThreadID', 'ParentProcessID', 'HostProcessID', 'HostThreadID'],
    ...['HostParentProcessID', 'UserID', 'MountNS', 'PIDNS', 'ProcessName', 'HostName', 'EventID'],
    ...['EventName', 'ArgsNum', 'ReturnValue', 'StackAddresses', 'Args', 'Executable', 'Hook'],
  ],
  SigMetadata: ['ID', 'Version', 'Name', 'Description', 'Tags', 'Properties'],
  Time: [],
  Severity: [],
  Sight: [],
  Summary: [],
  Facts: [],
  LostEvents: [],
  Exception: [],
};

/** What a template makes: text for people, or JSON, where values stand within strings: `{"text": "{{.Summary}}"}`. */
export type TemplateForm = 'text' | 'json';

/**
 * Reads a template and gives the function that prints findings by it. Throws TEMPLATE_INVALID, with `name` and
 * the line, for what is no template or names a field that no finding has.
 */
export function findingTemplate(
  text: string,
  name: string,
  form: TemplateForm = 'text',
): (report: FindingReport) => string {
  let parts: TemplatePart[];
  try {
    parts = parseTemplate(text, functions);
    for (const part of parts) if (typeof part !== 'string') requireField(part.path, part.line);
  } catch (error) {
    if (!(error instanceof TemplateMistake)) throw error;
    throw new TraceeError('TEMPLATE_INVALID', `${name}:${error.line}: ${error.message}`, {
      hint: 'docs/usage.md has the fields and functions of templates',
      cause: error,
    });
  }
  const print = form === 'json' ? showInJson : show;
  return (report) => fillTemplate(parts, dataOf(report), print);
}

function requireField([name, member, ...deeper]: readonly string[], line: number): void {
  if (name === undefined) return;
  const members = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (members === undefined) throw unknownField(name, Object.keys(fields), line);
  if (members === 'any' || member === undefined) return;
  if (!members.includes(member)) throw unknownField(`${name}.${member}`, members, line);
  if (deeper.length > 0 && member !== 'Properties') {
    throw new TemplateMistake(line, `.${name}.${member} has no fields`);
  }
}

function unknownField(name: string, known: readonly string[], line: number): TemplateMistake {
  const near = nearest(name.slice(name.indexOf('.') + 1), known);
  const advice = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`;
  return new TemplateMistake(line, `there is no field .${name}; ${advice}`);
}

function dataOf({ finding, losses, toldAt }: FindingReport): object {
  const exception = narrowestException(finding);
  return {
    Data: finding.data ?? {},
    Context: contextOf(finding.event),
    SigMetadata: metadataOf(finding),
    Time: toldAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    Severity: finding.rule.severity,
    Sight: finding.sight.id,
    Summary: finding.summary,
    Facts: finding.facts,
    LostEvents: losses.sinceStart,
    Exception: exception === undefined ? '' : exceptionLine(exception),
  };
}

function contextOf(event: TracedEvent): object {
  const context = {
    Timestamp: event.time / 1e9,
    ProcessID: event.pid,
    ThreadID: event.tid,
    ParentProcessID: event.ppid,
    HostProcessID: event.hostPid,
    HostThreadID: event.hostTid,
    HostParentProcessID: event.hostPpid,
    UserID: event.uid,
    MountNS: event.mountNamespace,
    PIDNS: event.pidNamespace,
    ProcessName: event.comm,
    HostName: event.hostName,
    EventID: event.definition.id,
    EventName: event.definition.name,
    ArgsNum: event.arguments.length,
    ReturnValue: event.returnValue,
    StackAddresses: [],
    Args: event.arguments.map((argument) => ({
      Name: argument.definition.name,
      Type: argument.definition.type,
      Value: describeValue(argument, event),
    })),
    Executable: event.executable ?? '',
    Hook: event.hook,
  };
  /* As JSON it has the keys that events have everywhere else, as in the original. */
  return Object.defineProperty(context, 'toJSON', { value: () => JSON.parse(eventToJson(event)) as unknown });
}

function metadataOf({ rule }: Finding): object {
  return {
    ID: rule.id,
    Version: rule.version,
    Name: rule.name,
    Description: rule.description,
    Tags: rule.tags,
    Properties: {
      Severity: severities[rule.severity],
      'MITRE ATT&CK': `${rule.mitre.tactic}: ${rule.mitre.technique}`,
    },
  };
}

/** As Go prints values: `map[fd:0 ip:10.0.0.5]`, `[linux container]`. */
function show(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (typeof value === 'string') return escapeText(value);
  if (value === undefined || value === null) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `map[${members.map(([key, member]) => `${escapeText(key)}:${show(member)}`).join(' ')}]`;
}

/** What may stand between the quotes of a string of JSON; what `json` and `quote` made has quotes of its own. */
function showInJson(value: unknown): string {
  return value instanceof Raw ? value.text : JSON.stringify(show(value)).slice(1, -1);
}

function toJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(
    value,
    (_key, inner: unknown) => {
      if (inner instanceof Raw) return inner.text;
      if (typeof inner !== 'bigint') return inner;
      return Number.isSafeInteger(Number(inner)) ? Number(inner) : String(inner);
    },
    indent,
  ) as string | undefined;
  /* Strings have no line ends of their own left; those of the indentation stay. */
  return (json ?? 'null').split('\n').map(escapeJson).join('\n');
}
