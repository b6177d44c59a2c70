import type { Engine } from '../detection/engine.js';
import type { EventDefinition } from '../events/types.js';
import type { SelectionChoice } from '../tracing/choice.js';
import type { EventSelection } from '../tracing/kernel-config.js';

/** What the rules of an engine want goes to the detections, what is recorded to the events. */
export function choiceOf(engine: Engine, recorded: readonly EventDefinition[]): SelectionChoice {
  return {
    candidates: [...new Set([...engine.candidates, ...recorded])],
    choose: (standingOf) => {
      engine.choose(standingOf);
      return selectionsOf(engine, recorded);
    },
  };
}

function selectionsOf(engine: Engine, recorded: readonly EventDefinition[]): EventSelection[] {
  const { wanted } = engine;
  return [...new Set([...wanted.keys(), ...recorded])].map((event) => ({
    event,
    isTraced: recorded.includes(event),
    isDetected: wanted.has(event),
    filter: wanted.get(event),
    wantsAncestry: wanted.has(event),
    wantsOnRequest: false,
  }));
}
