import { closeSync, ftruncateSync, writeSync } from 'node:fs';
import { refusalWords, type Budget } from './budget.js';
import { codeOf, type Directory } from './directory.js';
import type { Shortfall } from './shortfall.js';

/** One file below `out`. */
export interface Artifact {
  readonly mountNamespace: number;
  readonly name: string;
  /** Has no places: what comes is added at its end. */
  readonly appends: boolean;
  /** That were written to it. */
  bytes: number;
}

/** Descriptors that are kept open, of artifacts and of directories. */
const maxOpen = 128;

/** Names that are tried for artifacts of one time. */
const maxNames = 100;

/** The files of captures, by mount namespace. Descriptors of those that were used last stay open. */
export class Artifacts implements Disposable {
  readonly #out: Directory;
  readonly #budget: Budget;
  readonly #shortfall: Shortfall;
  readonly #descriptors = new Map<Artifact, number>();
  readonly #directories = new Map<number, Directory>();

  constructor(out: Directory, budget: Budget, shortfall: Shortfall) {
    this.#out = out;
    this.#budget = budget;
    this.#shortfall = shortfall;
  }

  /** One that may be there from before; undefined where it cannot be, which is counted. */
  obtain(mountNamespace: number, name: string, appends: boolean): Artifact | undefined {
    return this.#begin(() => {
      const artifact = { mountNamespace, name, appends, bytes: 0 };
      this.#open(artifact, false);
      return artifact;
    });
  }

  /** A new one; where the name is taken a number is put behind it. */
  create(mountNamespace: number, wanted: string): Artifact | undefined {
    return this.#begin(() => {
      for (let number = 1; ; number++) {
        const name = number === 1 ? wanted : `${wanted}.${number}`;
        const artifact = { mountNamespace, name, appends: false, bytes: 0 };
        try {
          this.#open(artifact, true);
          return artifact;
        } catch (error) {
          if (codeOf(error) !== 'EEXIST' || number >= maxNames) throw error;
        }
      }
    });
  }

  /** Writes all of it, or counts what was not. */
  write(artifact: Artifact, bytes: Uint8Array, position: number): void {
    const refusal = this.#budget.spend(bytes.length, artifact.bytes);
    if (refusal !== undefined) {
      this.#shortfall.count(refusalWords[refusal], bytes.length);
      return;
    }
    let written = 0;
    try {
      const fd = this.#descriptorOf(artifact);
      while (written < bytes.length) {
        const at = artifact.appends ? null : position + written;
        written += writeSync(fd, bytes, written, bytes.length - written, at);
      }
    } catch (error) {
      this.#budget.giveBack(bytes.length - written);
      this.#shortfall.countError(error, bytes.length - written);
    }
    artifact.bytes += written;
  }

  /** Makes it as long as what it is of: what is never written reads as zeros. */
  setLength(artifact: Artifact, length: number): void {
    ftruncateSync(this.#descriptorOf(artifact), length);
  }

  /** Its descriptor, which is the caller's to close from now on. */
  detach(artifact: Artifact): number {
    const fd = this.#descriptorOf(artifact);
    this.#descriptors.delete(artifact);
    return fd;
  }

  remove(artifact: Artifact): void {
    this.close(artifact);
    this.#directoryOf(artifact.mountNamespace).remove(artifact.name);
  }

  close(artifact: Artifact): void {
    const fd = this.#descriptors.get(artifact);
    if (fd === undefined) return;
    this.#descriptors.delete(artifact);
    closeSync(fd);
  }

  [Symbol.dispose](): void {
    for (const artifact of [...this.#descriptors.keys()]) this.close(artifact);
    for (const directory of this.#directories.values()) directory[Symbol.dispose]();
    this.#directories.clear();
  }

  #begin(make: () => Artifact): Artifact | undefined {
    const refusal = this.#budget.begin();
    if (refusal !== undefined) {
      this.#shortfall.count(refusalWords[refusal]);
      return undefined;
    }
    try {
      return make();
    } catch (error) {
      this.#shortfall.countError(error);
      return undefined;
    }
  }

  #open(artifact: Artifact, isNew: boolean): number {
    const directory = this.#directoryOf(artifact.mountNamespace);
    const fd = directory.write(artifact.name, { isNew, appends: artifact.appends });
    this.#descriptors.set(artifact, fd);
    const [oldest] = this.#descriptors.keys();
    if (this.#descriptors.size > maxOpen && oldest !== undefined) this.close(oldest);
    return fd;
  }

  #descriptorOf(artifact: Artifact): number {
    const known = this.#descriptors.get(artifact);
    if (known === undefined) return this.#open(artifact, false);
    // What was used last stands last.
    this.#descriptors.delete(artifact);
    this.#descriptors.set(artifact, known);
    return known;
  }

  #directoryOf(mountNamespace: number): Directory {
    const known = this.#directories.get(mountNamespace);
    if (known !== undefined) return known;
    const entered = this.#out.enter(String(mountNamespace), 0o700);
    this.#directories.set(mountNamespace, entered);
    const [oldest] = this.#directories;
    if (this.#directories.size > maxOpen && oldest !== undefined) {
      this.#directories.delete(oldest[0]);
      oldest[1][Symbol.dispose]();
    }
    return entered;
  }
}
