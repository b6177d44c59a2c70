import { Gate, type RateLimit } from '../detection/gate.js';
import { LossWindow, type Losses } from '../detection/loss-window.js';
import type { Finding } from '../detection/rule.js';
import type { Tracer } from '../tracing/tracer.js';
import { makeFindingOutput, type OutputFormat } from './finding-output.js';

/** How often time goes on for what waits for it, where no event comes. */
const tickMs = 1000;

/** How often what was lost is looked up. */
const ticksPerSample = 5;

export interface SessionOptions {
  readonly output: OutputFormat;
  /** Seconds. */
  readonly dedupWindow: number;
  readonly rateLimit: RateLimit | 'off';
}

/** What stands between the engine and stdout while detection runs. */
export class DetectionSession {
  readonly gate: Gate;
  readonly #losses = new LossWindow(monotonicNow());
  #tracer: Tracer | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ output, dedupWindow, rateLimit }: SessionOptions) {
    const isColoured = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
    const { finding, repeats, heldBack } = makeFindingOutput(output, isColoured);
    this.gate = new Gate({
      dedupWindowMs: dedupWindow * 1000,
      rateLimit: rateLimit === 'off' ? undefined : rateLimit,
      onFinding: (one) => finding({ finding: one, losses: this.#lossesAt(one), toldAt: new Date() }),
      onRepeats: repeats,
      onHeldBack: heldBack,
    });
  }

  begin(tracer: Tracer): void {
    this.#tracer = tracer;
    let ticks = 0;
    this.#timer = setInterval(() => {
      ticks += 1;
      if (ticks % ticksPerSample === 0) this.#losses.add(monotonicNow(), lostDetections(tracer));
      this.gate.tick(monotonicNow());
    }, tickMs).unref();
  }

  /** Tells what was only counted so far. */
  end(): void {
    clearInterval(this.#timer);
    this.gate.finish();
  }

  #lossesAt({ event }: Finding): Losses {
    const lost = this.#tracer === undefined ? 0n : lostDetections(this.#tracer);
    return this.#losses.lossesAt(event.time, lost);
  }
}

/** The clock of events, in nanoseconds. */
function monotonicNow(): number {
  return Number(process.hrtime.bigint());
}

function lostDetections(tracer: Tracer): bigint {
  return [...tracer.counts().values()].reduce((sum, { detections }) => sum + detections.lost, 0n);
}
