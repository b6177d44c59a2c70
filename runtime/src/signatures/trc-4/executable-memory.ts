import type { Match, Sight } from '../../detection/rule.js';
import { mappingFacts } from '../../events/layout.js';
import type { TracedEvent } from '../../events/record.js';
import { describeValue } from '../../events/names.js';
import { numberIn, textIn } from '../support/arguments.js';
import { isCodeGenerator, isPython } from '../support/code-generator.js';

const PROT_WRITE = 2;
const PROT_EXEC = 4;

/**
 * Memory becomes executable whose bytes were not taken from a program file as they stand there. The kernel side
 * tells nothing else (bpf/probes/memory.h): not the libraries of ordinary programs.
 *
 * `security_file_open` is here for what it does beside: the kernel side remembers who opens files for writing,
 * to know a file that is written and then mapped by one process.
 */
export const executableMemory: Sight = {
  id: 'executable-memory',
  description: 'memory that was or can be written becomes executable',
  ways: [
    {
      events: [
        { event: 'security_mmap_file' },
        { event: 'security_file_mprotect' },
        { event: 'security_file_open', names: ['mem'] },
      ],
      blindTo:
        'what programs do that make code by design, known by the engine in their file; private pages of Python that look like those for its callbacks',
    },
  ],
  detect: (event) => {
    if (event.definition.name === 'security_file_open') return undefined;
    if (((numberIn(event, 'prot') ?? 0) & PROT_EXEC) === 0) return undefined;
    const match = matchOf(event, numberIn(event, 'facts') ?? 0);
    return match === undefined || isCodeGenerator(event) || isClosure(event) ? undefined : match;
  },
};

/** MAP_PRIVATE|MAP_ANONYMOUS, and all three permissions. */
const closureFlags = 0x22;
const closureProtection = 7;

/**
 * `import ctypes` makes Python map pages for callbacks, through libffi, that can be written and executed. Such a
 * page is there for every script, as soon as it asks; what else a script makes executable is told.
 */
function isClosure(event: TracedEvent): boolean {
  return (
    event.definition.name === 'security_mmap_file' &&
    textIn(event, 'pathname') === undefined &&
    numberIn(event, 'flags') === closureFlags &&
    numberIn(event, 'prot') === closureProtection &&
    isPython(event)
  );
}

function matchOf(event: TracedEvent, facts: number): Match | undefined {
  const summary = summaryOf(event, facts);
  if (summary === undefined) return undefined;
  const path = textIn(event, 'pathname');
  const address = textIn(event, 'address');
  return {
    summary,
    facts: [
      changeOf(event),
      ...(address === undefined ? [] : [`${numberIn(event, 'length') ?? 'unknown'} bytes at ${address}`]),
      path === undefined ? 'no file is behind it' : `the file behind it is ${path}`,
      ...((facts & mappingFacts.read_implies_exec) === 0
        ? []
        : ['by its personality, all memory of the process that can be read can be executed']),
    ],
  };
}

function summaryOf(event: TracedEvent, facts: number): string | undefined {
  if ((facts & mappingFacts.writable) !== 0) return 'has memory that is writable and executable';
  if ((facts & mappingFacts.shared_writable) !== 0)
    return 'executes memory that it or another process can write by a second mapping';
  if ((facts & mappingFacts.written_by_process) !== 0) return 'executes a file that it wrote itself';
  const wasWritable = ((numberIn(event, 'previous') ?? 0) & PROT_WRITE) !== 0;
  return (facts & mappingFacts.written) !== 0 || wasWritable
    ? 'made memory executable that was written before'
    : undefined;
}

/** `PROT_READ|PROT_WRITE became PROT_READ|PROT_EXEC` */
function changeOf(event: TracedEvent): string {
  const [now, before] = [nameOf(event, 'prot'), nameOf(event, 'previous')];
  if (event.definition.name === 'security_mmap_file') return `it was mapped with ${now}`;
  return before === undefined ? `it became ${now}` : `${before} became ${now}`;
}

function nameOf(event: TracedEvent, name: string): string | undefined {
  const argument = event.arguments.find(({ definition }) => definition.name === name);
  return argument === undefined ? undefined : String(describeValue(argument, event));
}
