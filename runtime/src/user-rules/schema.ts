import { z } from 'zod';
import { nearest } from '../text/nearest.js';
import type { RuleProblem } from './problem.js';
import type { Path, YamlDocument } from './yaml.js';

/** Names are printed as they stand. */
const text = z
  .string()
  .trim()
  .min(1)
  .max(2000)
  .regex(/^\P{C}*$/u, 'must be one line of text that can be printed');
/** A condition or a text with expressions; its places must stay what they are. */
const expression = z.string().min(1);
const sightId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be like "web-shell": lower case, digits, dashes');
export const ruleId = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,63}$/, 'must be like "ACME-1": letters, digits, dashes, 64 at most');

const severity = z.enum(['info', 'low', 'medium', 'high', 'critical']);

export const metadataSchema = z.strictObject({
  id: ruleId,
  version: z.string().default('1.0.0'),
  name: text.max(100),
  description: text,
  tags: z.array(text).default([]),
  severity,
  mitre: z.strictObject({
    tactic: text,
    technique: text,
    id: z.string().regex(/^T\d{4}(?:\.\d{3})?$/, 'must be like "T1059.004"'),
  }),
});

/** `ptrace`, or the event with a condition of its own. */
const eventSchema = z.union([
  z.string().transform((event) => ({ event, condition: undefined })),
  z.strictObject({ event: z.string(), condition: expression.optional() }),
]);

const sightFields = {
  events: z.array(eventSchema).min(1).max(16),
  condition: expression.optional(),
  summary: expression,
  facts: z.array(expression).max(8).optional(),
  key: expression.optional(),
  data: z.record(z.string().regex(/^[A-Za-z]\w*$/), expression).optional(),
};

const sightSchema = z.strictObject({
  id: sightId,
  description: text,
  signal: z.boolean().default(false),
  ...sightFields,
});

const userId = z.int().min(0).max(0xffff_ffff);
const dataValue = z.union([z.string(), z.number()]);

export const exceptionSchema = z.strictObject({
  rule: z.string().optional(),
  sight: z.string().optional(),
  executable: z.string().startsWith('/', 'must be a path from the root').optional(),
  owner: userId.optional(),
  uid: userId.optional(),
  parent: z.string().max(15, 'is cut to 15 characters by the kernel, write no more').optional(),
  data: z.record(z.string(), z.union([dataValue, z.array(dataValue)])).optional(),
  condition: expression.optional(),
  reason: text.optional(),
});

const processId = z.int().min(1).max(4_194_304);
const comm = z.string().max(15, 'has 15 characters at most');

/** An event of an example: what is not said is as of an ordinary program. */
const exampleEventSchema = z.strictObject({
  event: z.string(),
  args: z.record(z.string(), z.unknown()).default({}),
  returnValue: z.int().default(0),
  comm: comm.default('example'),
  executable: z.string().nullable().optional(),
  executableFile: z
    .strictObject({
      uid: z.int().min(0).default(0),
      mode: z.int().min(0).default(0o100755),
      links: z.int().min(0).default(1),
      storage: z.enum(['disk', 'unlinked', 'memory', 'tmpfs']).default('disk'),
    })
    .prefault({}),
  pid: processId.default(1000),
  ppid: processId.default(999),
  uid: userId.default(1000),
  forked: z.boolean().default(false),
  terminal: z.boolean().default(false),
  abi: z.enum(['native', '32-bit']).default('native'),
  hostName: z.string().default('example'),
  ancestors: z
    .array(z.strictObject({ comm, pid: processId.default(999) }))
    .max(8)
    .default([]),
});

export const exampleSchema = z.strictObject({
  title: text,
  fires: z.boolean(),
  sight: z.string().optional(),
  events: z.array(exampleEventSchema).min(1).max(100),
});

const common = {
  ...metadataSchema.shape,
  exceptions: z.array(exceptionSchema).default([]),
  examples: z.array(exampleSchema).default([]),
};

/** A rule with one sight, which is called `match`. */
const shortRuleSchema = z.strictObject({ ...common, signal: z.boolean().default(false), ...sightFields });

const longRuleSchema = z.strictObject({ ...common, sights: z.array(sightSchema).min(1).max(16) });

export const exceptionsSchema = z.strictObject({ exceptions: z.array(exceptionSchema) });

export type RuleDocument = z.infer<typeof longRuleSchema>;
export type SightDocument = z.infer<typeof sightSchema>;
export type ExceptionDocument = z.infer<typeof exceptionSchema>;
export type ExampleDocument = z.infer<typeof exampleSchema>;
export type ExampleEvent = z.infer<typeof exampleEventSchema>;

/** What a document holds, and where its sights stand in it. */
export type Parsed =
  | { readonly kind: 'rule'; readonly rule: RuleDocument; readonly sightPath: (index: number) => Path }
  | { readonly kind: 'exceptions'; readonly exceptions: readonly ExceptionDocument[] }
  | { readonly kind: 'problems'; readonly problems: readonly RuleProblem[] };

/** A rule, or exceptions alone. */
export function parseDocument(document: YamlDocument): Parsed {
  const { value } = document;
  if (isObject(value) && 'exceptions' in value && !('id' in value)) {
    const parsed = exceptionsSchema.safeParse(value);
    return parsed.success
      ? { kind: 'exceptions', exceptions: parsed.data.exceptions }
      : { kind: 'problems', problems: problemsOf(parsed.error, document) };
  }
  if (isObject(value) && 'sights' in value) {
    const parsed = longRuleSchema.safeParse(value);
    if (!parsed.success) return { kind: 'problems', problems: problemsOf(parsed.error, document) };
    return { kind: 'rule', rule: parsed.data, sightPath: (index) => ['sights', index] };
  }
  const parsed = shortRuleSchema.safeParse(value);
  if (!parsed.success) return { kind: 'problems', problems: problemsOf(parsed.error, document) };
  const { signal, events, condition, summary, facts, key, data, ...rest } = parsed.data;
  const sight = {
    ...{ id: 'match', description: rest.description, signal },
    events,
    condition,
    summary,
    facts,
    key,
    data,
  };
  return { kind: 'rule', rule: { ...rest, sights: [sight] }, sightPath: () => [] };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function problemsOf(error: z.ZodError, document: YamlDocument): RuleProblem[] {
  return error.issues.flatMap((issue) => issueProblems(issue, document));
}

function issueProblems(issue: z.core.$ZodIssue, document: YamlDocument): RuleProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const name = path.findLast((part) => typeof part === 'string') ?? 'the document';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = nearest(key, keysAt(path, document));
      return document.keyProblem(
        path,
        key,
        `there is no key "${key}"`,
        near === undefined ? undefined : `did you mean ${near}?`,
      );
    });
  }
  if (issue.code === 'invalid_union') {
    const expected = path.includes('events')
      ? 'a name, or a mapping with event and condition'
      : 'a text, a number, or a list of them';
    return [document.problem(path, `${name}: must be ${expected}`)];
  }
  if (issue.message.endsWith('received undefined') && path.length > 0) {
    return [document.problem(path.slice(0, -1), `"${name}" is missing`)];
  }
  return [document.problem(path, `${name}: ${plain(issue.message)}`, hintFor(issue))];
}

/** `Invalid input: expected string, received number` -> `expected string, received number` */
function plain(message: string): string {
  return message.replace(/^Invalid (?:input|option|string): /, '');
}

function hintFor(issue: z.core.$ZodIssue): string | undefined {
  return /expected string, received (?:number|boolean)$/.test(issue.message) ? 'put it in quotes' : undefined;
}

/** Keys that may stand at a path, for suggestions. */
function keysAt(path: Path, { value }: YamlDocument): string[] {
  const owner = path.findLast((part) => typeof part === 'string');
  const shapes: Record<string, object> = {
    sights: sightSchema.shape,
    events: { ...exampleEventSchema.shape, condition: '' },
    exceptions: exceptionSchema.shape,
    examples: exampleSchema.shape,
    mitre: metadataSchema.shape.mitre.shape,
  };
  if (owner !== undefined) return Object.keys(shapes[owner] ?? exampleEventSchema.shape);
  const isLong = isObject(value) && 'sights' in value;
  return Object.keys(isLong ? longRuleSchema.shape : { ...shortRuleSchema.shape, sights: '' });
}
