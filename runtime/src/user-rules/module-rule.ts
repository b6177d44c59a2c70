import { spawnSync } from 'node:child_process';
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Rule } from '../detection/rule.js';
import { catalogue, findEvent } from '../events/catalogue/index.js';
import { nearest } from '../text/nearest.js';
import { ExampleError, makeExample, type Example } from './example.js';
import type { RuleFile } from './directory.js';
import type { RuleProblem } from './problem.js';
import { exampleSchema, metadataSchema } from './schema.js';

type Values = z.ZodType<Readonly<Record<string, unknown>>>;
const record: Values = z.record(z.string(), z.unknown());

/** The contract of `detection/rule.ts`, as far as a value can be held to it. */
const ruleSchema = z.object({
  metadata: metadataSchema.extend({ version: z.string().min(1), tags: z.array(z.string()) }),
  sights: z
    .array(
      z.object({
        id: z.string().min(1),
        description: z.string().min(1),
        ways: z
          .array(
            z.object({
              events: z
                .array(
                  z.object({
                    event: z.string(),
                    where: record.optional(),
                    bits: record.optional(),
                    names: z.array(z.string()).optional(),
                  }),
                )
                .min(1),
            }),
          )
          .min(1),
        detect: z.custom<object>((value) => typeof value === 'function', 'must be a function'),
      }),
    )
    .min(1),
});

/** A module that does not come to an end is as good as broken. */
const importTimeoutMs = 10_000;

export interface ModuleRule {
  readonly rule: Rule;
  readonly examples: readonly Example[];
}

/** Each import of a module that has changed needs another address: Node.js keeps what it has. */
let generation = 0;

/**
 * Runs a module and takes the rule that it exports by default, and `examples`. It is code of the user's, with
 * all rights of this process: only the owner of the file was checked, and what comes out.
 */
export async function loadModuleRule(
  file: RuleFile,
): Promise<{ rule: ModuleRule } | { problems: readonly RuleProblem[] }> {
  const url = pathToFileURL(file.realPath);
  url.searchParams.set('load', String((generation += 1)));
  let exported: Readonly<Record<string, unknown>>;
  try {
    resolveOurselves();
    exported = await withTimeout(import(url.href) as Promise<Record<string, unknown>>);
  } catch (error) {
    return { problems: [describeFailure(error, file, url.href)] };
  }
  return judge(exported, file.path);
}

function judge(
  exported: Readonly<Record<string, unknown>>,
  file: string,
): { rule: ModuleRule } | { problems: readonly RuleProblem[] } {
  if (exported['default'] === undefined) {
    return {
      problems: [{ file, message: 'it exports no rule', hint: 'write: export default defineRule({ … })' }],
    };
  }
  const rule = ruleSchema.safeParse(exported['default']);
  const examples = z.array(exampleSchema).default([]).safeParse(exported['examples']);
  const problems = [
    ...issuesOf(rule, 'rule', file),
    ...issuesOf(examples, 'examples', file),
    ...(rule.success ? misnamed(rule.data, file) : []),
  ];
  if (problems.length > 0 || !examples.success) return { problems };
  try {
    // What was checked is what runs: the schema leaves out nothing that a rule may have.
    return { rule: { rule: exported['default'] as Rule, examples: examples.data.map(makeExample) } };
  } catch (error) {
    if (!(error instanceof ExampleError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return { problems: [{ file, message: `examples: ${error.message}`, ...hint }] };
  }
}

function issuesOf(result: z.ZodSafeParseResult<unknown>, what: string, file: string): RuleProblem[] {
  return (result.error?.issues ?? []).map(({ path, message }) => ({
    file,
    message: `${[what, ...path.map(String)].join('.')}: ${message.replace(/^Invalid input: /, '')}`,
  }));
}

/** Events and arguments that there are not, and sights that are there twice. */
function misnamed({ sights }: z.infer<typeof ruleSchema>, file: string): RuleProblem[] {
  const ids = sights.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) < index);
  return [
    ...twice.map((id) => ({ file, message: `the sight "${id}" is there twice` })),
    ...sights.flatMap(({ id, ways }) =>
      ways.flatMap(({ events }) =>
        events.flatMap((selector) => {
          const definition = findEvent(selector.event);
          if (definition === undefined) {
            return [
              misname(
                file,
                `the sight ${id} selects the event "${selector.event}", which does not exist`,
                selector.event,
                catalogue,
              ),
            ];
          }
          return Object.keys({ ...selector.where, ...selector.bits })
            .filter((name) => !definition.arguments.some((argument) => argument.name === name))
            .map((name) =>
              misname(
                file,
                `the sight ${id} selects the argument ${selector.event}.${name}, which does not exist`,
                name,
                definition.arguments,
              ),
            );
        }),
      ),
    ),
  ];
}

function misname(
  file: string,
  message: string,
  name: string,
  known: readonly { readonly name: string }[],
): RuleProblem {
  const near = nearest(
    name,
    known.map((one) => one.name),
  );
  return { file, message, ...(near === undefined ? {} : { hint: `did you mean ${near}?` }) };
}

function describeFailure(error: unknown, file: RuleFile, url: string): RuleProblem {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const place = error instanceof SyntaxError ? findSyntaxError(file.text) : placeInStack(error, url);
  return { file: file.path, ...place, message: message.replaceAll(url, file.path) };
}

type Place = Pick<RuleProblem, 'line' | 'column'>;

function placeInStack(error: unknown, url: string): Place {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const at = stack.indexOf(url);
  const { line, column } = /^:(?<line>\d+):(?<column>\d+)/.exec(stack.slice(at + url.length))?.groups ?? {};
  return at < 0 || line === undefined ? {} : { line: Number(line), column: Number(column) };
}

/** The error of an import does not say where it is; node's own check of the text does, and runs nothing. */
function findSyntaxError(text: string): Place {
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--check'], {
    input: text,
    encoding: 'utf8',
    timeout: importTimeoutMs,
  });
  const { line, caret } = /^\[stdin\]:(?<line>\d+)\n.*\n(?<caret> *)\^/.exec(stderr)?.groups ?? {};
  return line === undefined ? {} : { line: Number(line), column: (caret ?? '').length + 1 };
}

async function withTimeout<T>(loading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it did not finish loading within ${importTimeoutMs / 1000} s`));
    }, importTimeoutMs);
  });
  try {
    return await Promise.race([loading, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `import { defineRule } from 'tracee/rule'` gives, wherever the rule lies: types are all that it adds. */
const ruleModule = `data:text/javascript,${encodeURIComponent('export const defineRule = (rule) => rule;')}`;

/**
 * Finds `tracee/rule`, takes every rule for a module of the new kind, and hands the address of a load on to what
 * a rule imports from beside it, so that this is new as well.
 */
const resolver = `data:text/javascript,${encodeURIComponent(
  `export const resolve = async (specifier, context, next) => {
     if (specifier === 'tracee/rule') {
       return { url: ${JSON.stringify(ruleModule)}, format: 'module', shortCircuit: true };
     }
     const load = /[?&]load=\\d+$/;
     if (load.test(specifier)) return { url: specifier, format: 'module', shortCircuit: true };
     const found = await next(specifier, context);
     const mark = specifier.startsWith('.') ? load.exec(context.parentURL ?? '') : null;
     return mark === null || !/\\.m?js$/.test(found.url) ? found : { ...found, url: found.url + mark[0], format: 'module' };
   };`,
)}`;

let isResolved = false;

/** A directory of rules is no package that has Tracee among its dependencies. */
function resolveOurselves(): void {
  if (isResolved) return;
  isResolved = true;
  register(resolver);
}
