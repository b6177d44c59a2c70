import { closeSync, constants, writeSync } from 'node:fs';
import type { CaptureRecord } from '../events/capture-record.js';
import { escapeText } from '../output/escape.js';
import type { Artifact, Artifacts } from './artifacts.js';
import type { Directory } from './directory.js';
import { indexFile, nameOfCopy, nameOfWritten } from './names.js';
import type { Shortfall } from './shortfall.js';

/** A written file, with what its writers had. */
interface WrittenFile {
  /** Missing where there may be none. */
  readonly artifact: Artifact | undefined;
  /** By which it was listed. */
  path: string;
  expectedBytes: number;
}

/** Captures of memory and modules that are under way. */
const maxCurrent = 256;

/** Lines of the index: a file can be renamed without end. */
const maxLines = 200_000;

/** Of an artifact that is as long as the memory it is of: a mapping can be of terabytes that nobody ever touched. */
const maxLength = 16 * 1024 * 1024;

/** Content that the kernel side hands on: of written files, memory and modules. */
export class Content implements Disposable {
  readonly #artifacts: Artifacts;
  readonly #shortfall: Shortfall;
  readonly #index: number;
  readonly #written = new Map<string, WrittenFile>();
  readonly #current = new Map<string, Artifact | undefined>();
  #lines = 0;

  constructor(out: Directory, artifacts: Artifacts, shortfall: Shortfall) {
    this.#artifacts = artifacts;
    this.#shortfall = shortfall;
    this.#index = out.write(indexFile, { appends: true });
  }

  take(record: CaptureRecord): void {
    if (record.part === 'file') this.#begin(record);
    else if (record.part === 'bytes') this.#add(record);
  }

  /** Written files that lack something of what was written to them. */
  incompleteFiles(): number {
    return [...this.#written.values()].filter(
      ({ artifact, expectedBytes }) => (artifact?.bytes ?? 0) < expectedBytes,
    ).length;
  }

  [Symbol.dispose](): void {
    closeSync(this.#index);
  }

  #begin(record: CaptureRecord): void {
    if (record.kind === 'write') {
      this.#beginWrite(record);
      return;
    }
    const name = nameOfCopy(record.kind === 'mem' ? 'bin' : 'module', record.time, moduleNameOf(record));
    const artifact = this.#artifacts.create(record.mountNamespace, name);
    if (artifact !== undefined && record.kind === 'mem') {
      this.#artifacts.setLength(artifact, Math.min(Number(record.total), maxLength));
    }
    this.#current.set(keyOf(record), artifact);
    const [oldest] = this.#current;
    if (this.#current.size > maxCurrent && oldest !== undefined) this.#end(oldest[0]);
  }

  #beginWrite(record: CaptureRecord): void {
    const name = nameOfWritten(record);
    const key = `${record.mountNamespace}/${name}`;
    let file = this.#written.get(key);
    if (file === undefined) {
      const artifact = this.#artifacts.obtain(record.mountNamespace, name, !hasPlaces(record.mode));
      file = { artifact, path: '', expectedBytes: 0 };
      this.#written.set(key, file);
    }
    file.expectedBytes += Number(record.total);
    if (file.path === record.text || record.text === '') return;
    file.path = record.text;
    this.#list(`${key} ${escapeText(record.text)}${record.isPathCut ? ' (cut)' : ''}\n`);
  }

  #list(line: string): void {
    if (this.#lines >= maxLines) {
      this.#shortfall.count(`${indexFile} has ${maxLines} lines, which is the most that it gets`);
      return;
    }
    this.#lines += 1;
    try {
      writeSync(this.#index, line);
    } catch (error) {
      this.#shortfall.countError(error);
    }
  }

  #add(record: CaptureRecord): void {
    const artifact =
      record.kind === 'write'
        ? this.#written.get(`${record.mountNamespace}/${nameOfWritten(record)}`)?.artifact
        : this.#current.get(keyOf(record));
    if (artifact === undefined) {
      this.#shortfall.count('there is no artifact for it', record.bytes.length);
      return;
    }
    const position = Number(record.offset);
    if (!Number.isSafeInteger(position)) {
      this.#shortfall.count('it stands too far behind the beginning of a file', record.bytes.length);
      return;
    }
    this.#artifacts.write(artifact, record.bytes, position);
    if (record.kind !== 'write' && artifact.bytes >= Number(record.total)) this.#end(keyOf(record));
  }

  #end(key: string): void {
    const artifact = this.#current.get(key);
    this.#current.delete(key);
    if (artifact !== undefined) this.#artifacts.close(artifact);
  }
}

function keyOf({ kind, time, hostTid }: CaptureRecord): string {
  return `${kind} ${time} ${hostTid}`;
}

/** Memory is called by its time alone, as the alert of it says. */
function moduleNameOf({ kind, text }: CaptureRecord): string {
  return kind === 'module' ? text : '';
}

/** Of sockets, pipes and devices there is no place that bytes stand at. */
function hasPlaces(mode: number): boolean {
  const type = mode & constants.S_IFMT;
  return type === constants.S_IFREG || type === constants.S_IFBLK;
}
