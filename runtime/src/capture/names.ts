import type { CaptureRecord } from '../events/capture-record.js';

/** Files that stand in `out` itself. */
export const pidFile = 'tracee.pid';
export const indexFile = 'written_files';
export const profileFile = 'tracee.profile';
/** The profile while it is written. */
export const newProfileFile = 'tracee.profile.new';
export const outNames: ReadonlySet<string> = new Set([pidFile, indexFile, profileFile, newProfileFile]);

/** The longest name of a file (NAME_MAX), less the room for what tells two of one name apart. */
const maxNameBytes = 240;

/** Whether an artifact could be called so. */
export function isArtifactName(name: string): boolean {
  return /^(?:write\.dev-\d+\.inode-\d+|(?:exec|bin|module)\.\d+)(?:\.|$)/.test(name);
}

/** `write.dev-8388610.inode-533737`; what was written to /dev/null is kept by process. */
export function nameOfWritten({ dev, inode, isNullDevice, nsPid }: CaptureRecord): string {
  return `write.dev-${dev}.inode-${inode}${isNullDevice ? `.pid-${nsPid}` : ''}`;
}

/** `exec.1234567.ls`, `bin.1234567`, `module.1234567.dummy.ko`: microseconds since boot, and what it was called. */
export function nameOfCopy(kind: 'exec' | 'bin' | 'module', time: bigint, path: string): string {
  const base = harmlessName(path.slice(path.lastIndexOf('/') + 1));
  return cut(`${kind}.${time / 1000n}${base === '' ? '' : `.${base}`}`);
}

/**
 * A name of a traced program that is harmless in any directory, terminal and command: letters, digits and ordinary
 * signs stay, all else (control characters, marks of direction, bytes that are no text) becomes `_`.
 */
export function harmlessName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}\p{M}!#%+,\-.:=@^_~]/gu, '_');
}

/** At a character's end. */
function cut(name: string): string {
  let bytes = 0;
  let text = '';
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxNameBytes) break;
    text += character;
  }
  return text;
}
