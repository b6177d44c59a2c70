import { createHash } from 'node:crypto';
import { canonicalJson } from '../artifact/manifest.js';
import { memoryAlerts } from './alerts.js';
import { captureCalls, captureFlags, captureKinds, captureParts, captureStructs } from './capture-layout.js';
import { catalogue } from './catalogue/index.js';
import {
  bufferKinds,
  hookKinds,
  mappingFacts,
  recordFlags,
  routes,
  scopeFlags,
  sharedStructs,
  socketOrigins,
  stdioCauses,
  storages,
  wireCodes,
} from './layout.js';
import { programs } from './programs.js';
import { compareOperators } from './comparison-layout.js';
import { containerFacts, filterFields, filterOperators } from './scope-layout.js';
import { wireOfType } from './argument-types.js';
import { carrierChecks, type EventDefinition } from './types.js';

/**
 * Digest (SHA-256, hex) of everything that an object and a runtime must agree on to understand each other:
 * the shared structures and, of each event, its id, name and the wire form of its arguments. Words that only
 * people read (sets, vocabularies) are not part of it.
 */
export function computeAbi(events: readonly EventDefinition[] = catalogue): string {
  const agreed = {
    structs: [...sharedStructs, ...captureStructs],
    programs,
    codes: {
      bufferKinds,
      captureCalls,
      captureFlags,
      captureKinds,
      captureParts,
      compareOperators,
      containerFacts,
      filterFields,
      filterOperators,
      carrierChecks,
      storages,
      stdioCauses,
      socketOrigins,
      mappingFacts,
      memoryAlerts,
      hookKinds,
      recordFlags,
      routes,
      scopeFlags,
      wireCodes,
    },
    events: events.map((event) => ({
      id: event.id,
      name: event.name,
      wires: event.arguments.map((argument) => [argument.name, wireOfType[argument.type]]),
    })),
  };
  return createHash('sha256').update(canonicalJson(agreed)).digest('hex');
}
