import type { HookKind } from '../events/layout.js';
import type { Kernel } from '../host/kernel.js';
import { standingsIn, type SelectionChoice } from './choice.js';
import { Obstacles } from './obstacles.js';
import { makePlan, type PlannedEvent } from './plan.js';

/**
 * The plan that would be tried first: nothing of the object is loaded, and no privileges are needed. What only an
 * attempt teaches (hooks that stay silent; without privileges, trampolines that the kernel refuses) is not in it.
 */
export function foresee(
  choice: SelectionChoice,
  {
    kernel,
    programs,
    hooks,
  }: { kernel: Kernel; programs: readonly string[]; hooks?: readonly HookKind[] | undefined },
): readonly PlannedEvent[] {
  using obstacles = new Obstacles(kernel, new Set(programs), hooks);
  const candidates = makePlan(choice.candidates, kernel.arch, obstacles.find);
  const selections = choice.choose(standingsIn(candidates, new Set()));
  return makePlan(
    selections.map(({ event }) => event),
    kernel.arch,
    obstacles.find,
  );
}
