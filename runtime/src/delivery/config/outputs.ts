import { chatOutputs } from './chat-outputs.js';
import { logOutputs } from './log-outputs.js';
import { platformOutputs } from './platform-outputs.js';
import type { OutputDefinition } from './settings.js';

/**
 * Every output of falcosidekick 2.34, after its `config.go`, `types.go` and `main.go`: what switches it on, what
 * it can be told, and what it is called in the line "Enabled Outputs" and in `outputs_total`. A new version
 * may have more: then these tables need them too.
 */
export const outputDefinitions: readonly OutputDefinition[] = [
  ...chatOutputs,
  ...logOutputs,
  ...platformOutputs,
];
