import { basename } from 'node:path';
import type { Match, RuleContext, RuleState, Sight } from '../../detection/rule.js';
import { storages } from '../../events/layout.js';
import type { TracedEvent } from '../../events/record.js';
import { bigintIn, numberIn, textIn } from '../support/arguments.js';
import { describeResult } from '../support/error-name.js';
import { isInstalledFile } from '../support/installed-file.js';
import { isSystemProgram } from '../support/system-program.js';

/** READING_MODULE, include/linux/kernel_read_file.h */
export const moduleKind = 2;

/** Programs of the system that load modules for others; the module is looked at all the same. */
const loaders = new Set([
  'kmod',
  'modprobe',
  'insmod',
  'busybox',
  'systemd',
  'systemd-modules-load',
  'systemd-udevd',
  'udevadm',
]);

/** Where a host's modules are installed. The kernel gives the path without links: /usr/lib where /lib is one. */
const modulePath = /^(?:\/usr)?\/lib\/modules\/[^/]+\/.+\.ko(?:\.(?:gz|xz|zst))?$/;

/** The root of the host, of whose modules this kernel is made, whatever container asks for them. */
const hostRoot = '/proc/1/root';

/** What a thread's call under way was seen to load. */
type Seen = 'told' | 'excused';

/**
 * Every request, whether or not it succeeds: what the kernel was about to load, then how the call ended where
 * that is all that was seen. Excused are modules of the host that one of its programs for that loads.
 */
export const load: Sight = {
  id: 'load',
  description: 'a request to load a kernel module, also one that fails',
  ways: [
    {
      events: [
        { event: 'security_kernel_read_file', where: { type: [moduleKind] } },
        { event: 'security_kernel_load_data', where: { type: [moduleKind] } },
        { event: 'init_module' },
        { event: 'finit_module' },
      ],
      blindTo:
        'what a module does while it is loaded, and x32 calls, where security_kernel_read_file() cannot be hooked',
    },
  ],
  detect: (event, context) =>
    event.definition.syscall === undefined ? judge(event, context) : judgeCall(event, context),
};

function judge(event: TracedEvent, context: RuleContext): Match | undefined {
  const isExcused = isLoader(event) && isModuleOfHost(event);
  seenIn(context).set(threadOf(event), isExcused ? 'excused' : 'told');
  return isExcused ? undefined : describe(event);
}

/** The end of a call: news only where nothing was seen before, since the kernel refused it at once. */
function judgeCall(event: TracedEvent, context: RuleContext): Match | undefined {
  const seen = seenIn(context);
  if (seen.get(threadOf(event)) !== undefined) {
    seen.delete(threadOf(event));
    return undefined;
  }
  if (event.returnValue < 0 && isLoader(event)) return undefined;
  return {
    summary: 'asked the kernel to load a module',
    facts: [`${event.definition.name}() ${describeResult(event.returnValue)}`, ...compatFact(event)],
    key: keyOf(event, ''),
  };
}

function describe(event: TracedEvent): Match {
  const path = textIn(event, 'pathname');
  const isFile = event.definition.name === 'security_kernel_read_file';
  const shown = isFile ? path : undefined;
  return {
    summary: `asked the kernel to load ${shown === undefined ? 'a module from its memory' : `the module ${shown}`}`,
    facts: [
      isFile ? describeFile(event) : 'init_module() takes the bytes of the module: no file needs to be there',
      isLoader(event)
        ? 'the module is not one that was installed on this host'
        : `${event.executable ?? event.comm} is none of the programs that load modules for the system`,
      ...compatFact(event),
    ],
    ...(path === undefined ? {} : { data: { pathname: path } }),
    key: keyOf(event, shown ?? ''),
  };
}

function describeFile(event: TracedEvent): string {
  switch (numberIn(event, 'storage')) {
    case storages.memory:
      return 'the file has no name: it is in memory only';
    case storages.unlinked:
      return 'the file has been deleted';
    case storages.tmpfs:
      return 'the file is in memory (tmpfs)';
    default:
      return 'the file is on disk';
  }
}

function compatFact(event: TracedEvent): string[] {
  return event.isCompat ? ['the call came through the 32-bit interface'] : [];
}

function isLoader(event: TracedEvent): boolean {
  return event.executable !== undefined && loaders.has(basename(event.executable)) && isSystemProgram(event);
}

/**
 * The very file that stands in the host's tree of modules, installed there. Of bytes in memory it is the file
 * that they were unpacked from: the only one that the process has open.
 */
function isModuleOfHost(event: TracedEvent): boolean {
  const path = textIn(event, 'pathname');
  const dev = numberIn(event, 'dev');
  const inode = bigintIn(event, 'inode');
  if (path === undefined || dev === undefined || inode === undefined || !modulePath.test(path)) return false;
  return numberIn(event, 'storage') === storages.disk && isInstalledFile(hostRoot, path, { dev, inode });
}

function seenIn(context: RuleContext): RuleState<Seen> {
  return context.state<Seen>('loads', { expiryMs: 60_000, capacity: 4096 });
}

function threadOf(event: TracedEvent): string {
  return String(event.hostTid);
}

function keyOf(event: TracedEvent, what: string): string {
  return `${event.hostPid}:${event.startTime} ${what}`;
}
