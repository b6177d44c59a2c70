import { Engine } from '../detection/engine.js';
import type { Rule } from '../detection/rule.js';
import { TraceeError } from '../errors.js';
import { programs } from '../events/programs.js';
import { runningKernel, type Kernel } from '../host/kernel.js';
import { missingCapabilities } from '../host/privileges.js';
import { coverageToJson, coverageToText } from '../output/coverage.js';
import { foresee } from '../tracing/forecast.js';
import type { PlannedEvent } from '../tracing/plan.js';
import { everything } from '../tracing/scope.js';
import { findObject } from './context.js';
import { choiceOf } from './rule-choice.js';
import type { CommonFlags } from './flags.js';
import { print, say, warn } from './report.js';
import { run } from './run.js';

/**
 * `tracee --list --verbose`: on what each rule runs on this kernel. Everything is attached and tried where the
 * privileges for it are there; else it is foreseen.
 */
export async function listCoverage(
  rules: readonly Rule[],
  flags: CommonFlags,
  isJson: boolean,
): Promise<void> {
  const engine = new Engine({
    rules,
    withSignals: true,
    onFinding: () => undefined,
    onRuleError: warn,
  });
  const kernel = runningKernel();
  const describe = isJson ? coverageToJson : coverageToText;
  const show = (plan: readonly PlannedEvent[], isTried: boolean): string =>
    describe({ kernel, sights: engine.coverage, plan, isTried });
  const missing = missingCapabilities(kernel.release);
  if (missing.length > 0) {
    say(`nothing is tried without ${missing.join(' and ')}; as root more is known`);
    const { hooks } = flags;
    print(
      show(
        foresee(choiceOf(engine, []), { kernel, programs: programsOfObject(kernel, flags), hooks }),
        false,
      ),
    );
    return;
  }
  await run({
    ...flags,
    choice: choiceOf(engine, []),
    scope: everything,
    command: [],
    show: ({ plan }) => show(plan, true),
    doing: 'listing',
    onEvent: () => undefined,
    onDetection: () => undefined,
  });
}

/** Those of the object that would be loaded; without one, those that objects of this version have. */
function programsOfObject(kernel: Kernel, flags: CommonFlags): string[] {
  try {
    return findObject(kernel, flags, process.env).manifest.programs.map(({ name }) => name);
  } catch (error) {
    if (!(error instanceof TraceeError)) throw error;
    warn(error);
    return programs.map(({ name }) => name);
  }
}
