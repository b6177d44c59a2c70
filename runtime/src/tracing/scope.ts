import type { ContainerFilter } from './filters/container-filter.js';
import type { ProcessFilter } from './filters/process-filter.js';

/** Who is traced. An empty scope traces nobody, which is what `--plan` uses. */
export interface Scope {
  readonly isEverything: boolean;
  /** Host process ids. */
  readonly pids: readonly number[];
  /** Host process ids whose descendants are traced with them. */
  readonly trees: readonly number[];
  /** What a process must be like beside that. */
  readonly filters?: readonly ProcessFilter[];
  /** What is said of its container: the kernel's part stands in `filters`. */
  readonly container?: ContainerFilter;
  /** What descends from a process that was traced is traced too, whatever it is like. */
  readonly follows?: true;
}

export const everything: Scope = { isEverything: true, pids: [], trees: [] };
export const nobody: Scope = { isEverything: false, pids: [], trees: [] };
