import { existsSync } from 'node:fs';
import { join, normalize, resolve } from 'node:path';
import type { EventSelector, Match, RuleContext, Sight } from '../../detection/rule.js';
import type { TracedEvent } from '../../events/record.js';
import { bigintIn, numberIn, textIn } from '../support/arguments.js';
import { rootOf } from '../support/system-program.js';
import { asPreloadFile, isEtc } from './preload-path.js';

/** `O_WRONLY | O_RDWR | O_TRUNC` (include/uapi/asm-generic/fcntl.h); reading with O_TRUNC empties a file too. */
const writing = 0o1003;

/** include/uapi/linux/mount.h */
const MS_BIND = 4096;

/** MS_REMOUNT, and what changes how mounts spread; neither puts a file anywhere. */
const mountSettings = 0x20 | (1 << 17) | (1 << 18) | (1 << 19) | (1 << 20);

/** The file, and the directory that can be replaced with all that is in it. */
const names = ['ld.so.preload', 'etc'];

/** A mount is seen before it is made. */
const madeMs = 50;

const ringBlind = 'operations of io_uring, where the function cannot be hooked';

/** A name that an event changes, and what tells the directory or the file whatever its name. */
interface Change {
  readonly path: string | undefined;
  readonly directory?: bigint | undefined;
  readonly file?: bigint | undefined;
  /** Where what is put there comes from, or goes in exchange. */
  readonly source?: string | undefined;
}

/**
 * Every program of the system loads what /etc/ld.so.preload names. A line for each way to put something there;
 * by whom is not asked, since nothing does it in daily work.
 */
export const preloadFile: readonly Sight[] = [
  watch({
    id: 'write',
    what: 'is opened to be written',
    selector: { event: 'security_file_open', names: ['ld.so.preload'], bits: { flags: writing } },
    act: 'opened $ for writing',
    changes: (event) =>
      ((numberIn(event, 'flags') ?? 0) & writing) === 0
        ? []
        : [{ path: textIn(event, 'pathname'), file: bigintIn(event, 'inode') }],
    blindTo: `${ringBlind}, and files that were open before`,
  }),
  watch({
    id: 'truncate',
    what: 'is truncated',
    selector: { event: 'security_path_truncate', names: ['ld.so.preload'] },
    act: 'truncated $',
    changes: (event) => [{ path: textIn(event, 'pathname'), file: bigintIn(event, 'inode') }],
  }),
  watch({
    id: 'rename',
    what: 'is given its name, or loses it',
    selector: { event: 'security_inode_rename', names },
    act: 'renamed a file to or from $',
    changes: (event) => [
      {
        path: textIn(event, 'new_path'),
        directory: bigintIn(event, 'new_directory'),
        source: textIn(event, 'old_path'),
      },
      {
        path: textIn(event, 'old_path'),
        directory: bigintIn(event, 'old_directory'),
        source: textIn(event, 'new_path'),
      },
    ],
    blindTo: ringBlind,
  }),
  watch({
    id: 'link',
    what: 'becomes a link to another file',
    selector: { event: 'security_inode_link', names: ['ld.so.preload'] },
    act: 'made $ a link to another file',
    changes: (event) => [{ path: textIn(event, 'new_path'), directory: bigintIn(event, 'directory') }],
    blindTo: ringBlind,
  }),
  watch({
    id: 'symlink',
    what: 'becomes a symbolic link',
    selector: { event: 'security_inode_symlink', names },
    act: 'made $ a symbolic link',
    changes: (event) => [{ path: textIn(event, 'linkpath'), directory: bigintIn(event, 'directory') }],
    blindTo: ringBlind,
  }),
  watch({
    id: 'mount',
    what: 'is covered by a mount',
    selector: { event: 'security_sb_mount', names },
    act: 'mounted something over $',
    changes: (event) =>
      ((numberIn(event, 'flags') ?? 0) & mountSettings) === 0
        ? [{ path: textIn(event, 'path'), source: boundDirectory(event) }]
        : [],
  }),
  watch({
    id: 'move-mount',
    what: 'is covered by a mount that is moved there',
    selector: { event: 'security_move_mount', names },
    act: 'moved a mount over $',
    changes: (event) => [{ path: textIn(event, 'to_path'), source: textIn(event, 'from_path') }],
  }),
];

interface Watch {
  readonly id: string;
  readonly what: string;
  readonly selector: EventSelector;
  /** With `$` for the path. */
  readonly act: string;
  readonly changes: (event: TracedEvent) => readonly Change[];
  readonly blindTo?: string;
}

function watch({ id, what, selector, act, changes, blindTo }: Watch): Sight {
  return {
    id,
    description: `/etc/ld.so.preload ${what}`,
    ways: [{ events: [selector], ...(blindTo === undefined ? {} : { blindTo }) }],
    detect: (event, context) => {
      for (const { path, source, ...numbers } of changes(event)) {
        if (path === undefined) continue;
        const facts = asPreloadFile(event, { path, ...numbers });
        if (facts !== undefined) return describe(event, act, path, facts);
        if (!isEtc(event, path)) continue;
        if (hasPreload(event, source) || hasPreload(event, '/etc'))
          return describe(event, act, path, [newEtc]);
        askLater(event, act, path, context);
      }
      return undefined;
    },
  };
}

function describe(event: TracedEvent, act: string, path: string, facts: readonly string[]): Match {
  return {
    summary: act.replace('$', () => normalize(path)),
    facts: ['programs that are started from now on load the libraries that it names', ...facts],
    data: { pathname: normalize(path) },
    key: `${event.hostPid}:${event.startTime} ${act}`,
  };
}

const newEtc = 'the new /etc has a file ld.so.preload';

/** Another /etc is news where it brings the file: as it stands now, and a moment later. */
function askLater(event: TracedEvent, act: string, path: string, context: RuleContext): void {
  context.later(madeMs, () => (hasPreload(event, '/etc') ? describe(event, act, path, [newEtc]) : undefined));
}

/** Looked for in this process's own root where that of the other is gone. */
function hasPreload(event: TracedEvent, directory: string | undefined): boolean {
  const root = rootOf(event) ?? (directory === '/etc' ? undefined : '/');
  return directory !== undefined && root !== undefined && existsSync(join(root, directory, 'ld.so.preload'));
}

/** Of a bind mount: the directory that it shows, which may be named as the caller saw it. */
function boundDirectory(event: TracedEvent): string | undefined {
  const name = textIn(event, 'dev_name');
  const isBound = ((numberIn(event, 'flags') ?? 0) & MS_BIND) !== 0;
  return isBound && name !== undefined ? resolve(textIn(event, 'directory') ?? '/', name) : undefined;
}
