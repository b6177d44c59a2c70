/** Bytes of one artifact. */
const maxArtifactBytes = 512 * 1024 * 1024;

/** Artifacts of one run: each is a file, and file systems run out of them too. */
const maxArtifacts = 100_000;

/** Why something is not captured. */
export type Refusal = 'limit' | 'artifact' | 'artifacts';

export const refusalWords: Readonly<Record<Refusal, string>> = {
  limit: 'the limit of all captures is reached (--capture limit:SIZE)',
  artifact: `an artifact has ${maxArtifactBytes / 1024 ** 2} MiB, which is the most that one may have`,
  artifacts: `there are ${maxArtifacts} artifacts, which is the most that one run makes`,
};

/** What captures may still write. */
export class Budget {
  readonly #limitBytes: number;
  #bytes = 0;
  #artifacts = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Of all artifacts. */
  get bytes(): number {
    return this.#bytes;
  }

  get artifacts(): number {
    return this.#artifacts;
  }

  /** Counts one more artifact, or says why there is none. */
  begin(): Refusal | undefined {
    if (this.#artifacts >= maxArtifacts) return 'artifacts';
    this.#artifacts += 1;
    return undefined;
  }

  /** Counts bytes that are to be written to an artifact of so many, or says why they are not. */
  spend(bytes: number, artifactBytes: number): Refusal | undefined {
    if (artifactBytes + bytes > maxArtifactBytes) return 'artifact';
    if (this.#bytes + bytes > this.#limitBytes) return 'limit';
    this.#bytes += bytes;
    return undefined;
  }

  /** Bytes that were counted and not written. */
  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }
}
