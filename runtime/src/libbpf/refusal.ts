/** What the end of a verifier's log says about the instruction that it refused. */
export interface Refusal {
  /** `R2 unbounded memory access, use 'var &= const' or 'if (var < const)'`; what it says in lines, joined by `; `. */
  readonly reason: string;
  /** `12: (0f) r1 += r2`; missing where the whole program was refused, or the log has no instructions. */
  readonly instruction?: string;
  /** What the verifier knew there: `R1=map_value(...) R2=scalar()` */
  readonly registers?: string;
  /** The line of C that it was compiled from, where the object has that. */
  readonly source?: string;
}

const statistics = /^(?:processed \d+ insns|verification time|stack depth|insns processed)/;
/** What the verifier tells on the way, not of what it refuses. */
const progress =
  /^(?:\d+: |;|from \d+ to \d+|R\d+(?:_\w+)?=|func#\d+ @|Validating |last_idx |regs=|parent |mark_precise|\(|propagating |frame\d+: |caller:|callee:|returning from callee:|arg#\d+ reference type|(?:old|cur) state:)/;

/**
 * Reads a verifier's log from its end. `undefined` where it has no verdict, such as for a program that was
 * not looked at.
 *
 * The state stands behind the instruction since 5.17 (`1: (79) r1 = … ; R1_w=scalar()`), above it before.
 */
export function refusalOf(log: string): Refusal | undefined {
  const lines = log.split('\n').map((line) => line.trimEnd());
  const isVerdict = (line: string): boolean => line !== '' && !statistics.test(line) && !progress.test(line);
  const end = lines.findLastIndex(isVerdict);
  if (end === -1) return undefined;
  const start = lines.findLastIndex((line, index) => index < end && !isVerdict(line)) + 1;
  const reason = lines.slice(start, end + 1).join('; ');
  const before = lines.slice(0, start);
  const place = before.findLastIndex((line) => /^\d+: \([0-9a-f]{2}\)/.test(line));
  const instruction = before[place]?.split(/\s+; (?=R\d|frame\d)/)[0];
  const registers =
    instruction === undefined ? '' : statesOf(`${instruction} ${reason}`, before.slice(0, place));
  const source = before.findLast((line) => line.startsWith(';'))?.replace(/^;\s*/, '');
  return {
    reason,
    ...(instruction === undefined ? {} : { instruction }),
    ...(registers === '' ? {} : { registers }),
    ...(source === undefined || source === '' ? {} : { source }),
  };
}

/** `R1_w=scalar(smin=0,var_off=(0x0; 0xff))` */
const stateOf = (register: number): RegExp =>
  new RegExp(`\\bR${register}(?:_\\w+)?=((?:[^\\s()]|\\((?:[^()]|\\([^()]*\\))*\\))+)`);

/** What was last told of each register that a text names: only what changed is told with an instruction. */
function statesOf(text: string, before: readonly string[]): string {
  const named = [...text.matchAll(/\b[rRw](\d+)\b/g)].map((match) => Number(match[1]));
  return [...new Set(named)]
    .toSorted((a, b) => a - b)
    .flatMap((register) => {
      const state = stateOf(register);
      const line = before.findLast((one) => state.test(one));
      return line === undefined ? [] : [`R${register}=${state.exec(line)?.[1]}`];
    })
    .join(' ');
}

/** `processed 1184 insns (limit 1000000) …`: with each path that it was seen on. */
export function processedInstructions(log: string): number | undefined {
  const count = /^processed (\d+) insns/m.exec(log)?.[1];
  return count === undefined ? undefined : Number(count);
}
