import type { Gate } from '../detection/gate.js';
import { LossWindow, type Losses } from '../detection/loss-window.js';
import type { Finding } from '../detection/rule.js';
import type { FindingReport } from '../output/finding.js';
import type { Tracer } from '../tracing/tracer.js';
import { NamedLine } from './named-line.js';
import { makeGate, type GateFlags } from './finding-gate.js';
import { canKeep, say } from './report.js';

/** How often time goes on for what waits for it, where no event comes. */
const tickMs = 1000;

/** How often what was lost is looked up. */
const ticksPerSample = 5;

/** What stands between the engine and those who are told while detection runs. */
export class DetectionSession {
  readonly gate: Gate;
  readonly #named: NamedLine<Finding>;
  readonly #losses = new LossWindow(monotonicNow());
  #tracer: Tracer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unprinted = 0;

  constructor(flags: GateFlags, deliver: (report: FindingReport) => void) {
    this.gate = makeGate(
      flags,
      (finding) => this.#lossesAt(finding),
      deliver,
      () => this.#canPrint(),
    );
    this.#named = new NamedLine(
      ({ event }) => event,
      (finding) => this.gate.take(finding),
    );
  }

  /** Tells of a finding when its container's name is known, or has been waited for. */
  take(finding: Finding): void {
    this.#named.take(finding);
  }

  begin(tracer: Tracer): void {
    this.#tracer = tracer;
    this.#named.begin(tracer);
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
    this.#named.end();
    this.gate.finish();
    if (this.#unprinted > 0) say(`${this.#unprinted} findings not printed: nobody read them`);
  }

  /** A reader who has stopped reading must not fill the memory. */
  #canPrint(): boolean {
    if (canKeep()) return true;
    if (this.#unprinted === 0) say('nobody reads stdout: further findings are not printed, but delivered');
    this.#unprinted += 1;
    return false;
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
