import { lackOf } from './command.js';
import type { Row } from './rows/row.js';

/** Ordinary work, and the programs that it takes. `test/benign/noise/NAME.sh` does one round of it. */
const kinds: readonly (readonly [name: string, needs: readonly string[]])[] = [
  ['dpkg', ['dpkg', 'dpkg-deb']],
  ['gcc', ['gcc', 'strip']],
  ['npm', ['npm', 'node']],
  ['git', ['git']],
  ['ssh', ['ssh', 'ssh-keygen', 'scp', '/usr/sbin/sshd']],
  ['cron', ['busybox']],
  ['runc', ['runc', 'busybox']],
  ['docker', ['docker', 'dockerd', 'busybox']],
  ['python', ['/usr/bin/python3']],
  ['node', ['node']],
  ['java', ['java', 'javac']],
];

/** The names of all kinds of work. */
export const noiseKinds: readonly string[] = kinds.map(([name]) => name);

/** A kind of work that cannot be done here, and why. */
export interface SkippedKind {
  readonly name: string;
  readonly why: string;
}

/** Which kinds of work this machine can do, as rows of class benign. */
export function chooseNoise(without: readonly string[]): { rows: Row[]; skipped: SkippedKind[] } {
  const all = kinds.map(([name, needs]) => toRow(name, needs));
  const skipped = all.flatMap((row) => {
    const name = nameOfKind(row);
    if (without.includes(name)) return [{ name, why: 'it was to be left out' }];
    const why = lackOf(row, [], false);
    return why === undefined ? [] : [{ name, why }];
  });
  const rows = all.filter((row) => !skipped.some(({ name }) => name === nameOfKind(row)));
  return { rows, skipped };
}

/** Rounds of all kinds in turn until the time is over, each kind once at least; `noise-git-3` is the third of git. */
export function* roundsOf(rows: readonly Row[], limitMs: number): Generator<Row> {
  const end = performance.now() + limitMs;
  for (let round = 1; rows.length > 0; round += 1) {
    for (const row of rows) {
      if (round > 1 && performance.now() >= end) return;
      yield { ...row, id: `${row.id}-${round}` };
    }
    if (performance.now() >= end) return;
  }
}

/** `noise-git-3` -> `git` */
export function nameOfKind({ id }: Pick<Row, 'id'>): string {
  return id.split('-')[1] ?? id;
}

function toRow(name: string, needs: readonly string[]): Row {
  return {
    id: `noise-${name}`,
    rule: '',
    class: 'benign',
    command: `sh test/benign/noise/${name}.sh`,
    needs,
    isForVm: false,
    isOnce: false,
    hasPreload: false,
    note: '',
    whenMissed: '',
  };
}
