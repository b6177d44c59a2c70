import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { TracedEvent } from '../../events/record.js';
import { readProcessOf } from './process-state.js';

/** Scripts are smaller. */
const maxSize = 1024 * 1024;

/** A script may be named behind a few options. */
const maxWords = 8;

/**
 * Whether the process of an event was started with a script, as a file or as a word of code, that contains all
 * of `texts`. False where the process has ended. What lies in procfs is no script.
 */
export function isRunningScriptWith(event: TracedEvent, texts: readonly string[]): boolean {
  if (readProcessOf(event) === undefined) return false;
  return wordsOf(event.hostPid)
    .slice(1, 1 + maxWords)
    .some((word) => {
      const content = word.includes('\n') || word.includes(' ') ? word : readScript(event.hostPid, word);
      return content !== undefined && texts.every((text) => content.includes(text));
    });
}

function wordsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
  } catch {
    return []; // it ended meanwhile
  }
}

function readScript(pid: number, name: string): string | undefined {
  if (name === '' || name.startsWith('-') || /^\/(?:proc|sys|dev)\//.test(name)) return undefined;
  const path = `/proc/${pid}/${isAbsolute(name) ? 'root' : 'cwd'}/${name}`;
  try {
    const file = statSync(path);
    return file.isFile() && file.size <= maxSize ? readFileSync(path, 'latin1') : undefined;
  } catch {
    return undefined;
  }
}
