import { Gate, type RateLimit } from '../detection/gate.js';
import type { Losses } from '../detection/loss-window.js';
import type { Finding } from '../detection/rule.js';
import type { FindingReport } from '../output/finding.js';
import { makeFindingOutput, type OutputFormat } from './finding-output.js';

/** How findings are told, and how many of them. */
export interface GateFlags {
  output: OutputFormat;
  json?: true;
  /** Seconds. */
  dedupWindow: number;
  rateLimit: RateLimit | 'off';
}

/** `--json` is short for `--output json`. */
export function formatOf({ output, json }: GateFlags): OutputFormat {
  return json === true ? 'json' : output;
}

/**
 * What stands between engines on one side, stdout and `deliver` on the other. What `canPrint` says no to is delivered
 * only. Throws USAGE and TEMPLATE_INVALID.
 */
export function makeGate(
  flags: GateFlags,
  lossesAt: (finding: Finding) => Losses,
  deliver: (report: FindingReport) => void,
  canPrint: () => boolean = () => true,
): Gate {
  const isColoured = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
  const { finding, repeats, heldBack } = makeFindingOutput(formatOf(flags), isColoured);
  return new Gate({
    dedupWindowMs: flags.dedupWindow * 1000,
    rateLimit: flags.rateLimit === 'off' ? undefined : flags.rateLimit,
    onFinding: (one) => {
      const report = { finding: one, losses: lossesAt(one), toldAt: new Date() };
      if (canPrint()) finding(report);
      deliver(report);
    },
    onRepeats: repeats,
    onHeldBack: heldBack,
  });
}
