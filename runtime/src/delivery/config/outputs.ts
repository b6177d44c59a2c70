import { chatOutputs } from './chat-outputs.js';
import { logOutputs } from './log-outputs.js';
import { platformOutputs } from './platform-outputs.js';
import type { OutputDefinition } from './settings.js';

/**
 * Every output of falcosidekick 2.34, after its sources: what switches it on, what it can be told, what it is
 * called in the line "Enabled Outputs" and in `outputs_total`, and what it tells of deliveries. Which versions of
 * which files were read stands in docs/integrations.md. A new version may have more: then these tables need them too.
 */
export const outputDefinitions: readonly OutputDefinition[] = [
  ...chatOutputs,
  ...logOutputs,
  ...platformOutputs,
];
