import { wireOfType } from '../events/argument-types.js';
import {
  entryReads,
  eventConfig,
  layoutOf,
  maxFilterNameSize,
  maxStringArrays,
  noArgument,
  routes,
  wireCodes,
} from '../events/layout.js';
import { filterFields, filterOperators, scopeFilter } from '../events/scope-layout.js';
import type { EventDefinition } from '../events/types.js';
import type { ProcessFilter } from './filters/process-filter.js';
import type { EventSelection } from './kernel-config.js';

const eventLayout = layoutOf(eventConfig);
const filterLayout = layoutOf(scopeFilter);

/** `struct event_config`. `checks`: CHECK_* of what is looked at when this system call returns. */
export function encodeEvent(selection: EventSelection, checks: number, firstComparison: number): Buffer {
  const { event } = selection;
  const filter = selection.filter?.number;
  const names = selection.filter?.names ?? [];
  const bytes = Buffer.alloc(eventLayout.size);
  const at = (field: string): number => eventLayout.offsets.get(field) ?? 0;
  const wanted = (selection.isTraced ? routes.events : 0) | (selection.isDetected ? routes.detections : 0);
  bytes.writeUInt8(wanted, at('routes'));
  bytes.writeUInt8(selection.wantsAncestry ? 1 : 0, at('wants_ancestry'));
  bytes.writeUInt8(entryReadOf(event), at('is_read_on_entry'));
  bytes.writeUInt8(filter?.argument ?? 0, at('filter_argument'));
  bytes.writeUInt8(filter?.values.length ?? 0, at('filter_count'));
  for (const [index, value] of (filter?.values ?? []).entries()) {
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at('filter_values') + 8 * index);
  }
  bytes.writeUInt8(filter?.isBits === true ? 1 : 0, at('filter_is_bits'));
  bytes.writeUInt32LE(checks, at('checks'));
  bytes.writeUInt8(names.length, at('name_count'));
  bytes.writeUInt8(firstComparison, at('first_comparison'));
  bytes.writeUInt8(selection.comparisons?.length ?? 0, at('comparison_count'));
  for (const [index, name] of names.entries()) bytes.write(name, at('names') + maxFilterNameSize * index);
  const wires = event.arguments.map(({ onRequest, type }) =>
    onRequest !== true || selection.wantsOnRequest ? wireOfType[type] : 'none',
  );
  for (const [index, wire] of wires.entries()) {
    bytes.writeUInt8(wire === 'address' ? addressCode(event, index) : wireCodes[wire], at('wires') + index);
  }
  bytes.writeUInt8(wireCodes[wires[filter?.argument ?? 0] ?? 'none'], at('filter_wire'));
  const arrays = [...wires.keys()].filter((index) => wires[index] === 'strings');
  for (let place = 0; place < maxStringArrays; place++) {
    bytes.writeUInt8(arrays[place] ?? noArgument, at('string_arrays') + place);
  }
  return bytes;
}

/** `struct scope_filter`. */
export function encodeFilter({ field, operator, values }: ProcessFilter): Buffer {
  const bytes = Buffer.alloc(filterLayout.size);
  const at = (name: string): number => filterLayout.offsets.get(name) ?? 0;
  bytes.writeUInt32LE(filterFields[field], at('field'));
  bytes.writeUInt32LE(filterOperators[operator], at('operation'));
  bytes.writeUInt32LE(values.length, at('count'));
  for (const [index, pair] of values.entries()) {
    bytes.writeBigUInt64LE(pair[0], at('values') + 16 * index);
    bytes.writeBigUInt64LE(pair[1], at('values') + 16 * index + 8);
  }
  return bytes;
}

/** `ENTRY_*` of an event, or 0. */
export function entryReadOf({ syscall }: EventDefinition): number {
  if (syscall?.isReadOnEntry !== true) return 0;
  return syscall.neverReturns === true ? entryReads.told : entryReads.kept;
}

/** The argument behind an address is its length, or where the kernel writes that. */
function addressCode(event: EventDefinition, index: number): number {
  const next = event.arguments[index + 1]?.type;
  return next === 'int*' ? wireCodes.address_out : wireCodes.address;
}
