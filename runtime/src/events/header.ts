import { computeAbi } from './abi.js';
import { memoryAlerts } from './alerts.js';
import * as capture from './capture-layout.js';
import { catalogue } from './catalogue/index.js';
import * as compared from './comparison-layout.js';
import { slimCredSize } from './credentials.js';
import * as layout from './layout.js';
import * as scope from './scope-layout.js';
import { programs } from './programs.js';
import { carrierChecks, type EventDefinition } from './types.js';

/** Text of `bpf/generated/events.h`: what the kernel side has to know of the catalogue. */
export function renderHeader(): string {
  const parts = [
    '/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */',
    '/* Generated from runtime/src/events by `npm run generate`. Do not edit. */',
    '#ifndef TRACEE_GENERATED_EVENTS_H',
    '#define TRACEE_GENERATED_EVENTS_H',
    '',
    `#define TRACEE_ABI "${computeAbi()}"`,
    '',
    defines({
      MAX_ARGUMENTS: layout.maxArguments,
      MAX_ANCESTORS: layout.maxAncestors,
      MAX_STACK_FRAMES: layout.maxStackFrames,
      MAX_EVENTS: layout.maxEvents,
      MAX_SYSCALLS: layout.maxSyscalls,
      MAX_RECORD_SIZE: layout.maxRecordSize,
      MAX_STRING_SIZE: layout.maxStringSize,
      MAX_STRINGS: layout.maxStrings,
      MAX_ADDRESS_SIZE: layout.maxAddressSize,
      MAX_PATH_COMPONENTS: layout.maxPathComponents,
      MAX_FILTER_VALUES: layout.maxFilterValues,
      MAX_FILTER_NAMES: layout.maxFilterNames,
      MAX_SCOPE_FILTERS: scope.maxScopeFilters,
      MAX_SCOPE_FILTER_VALUES: scope.maxScopeFilterValues,
      MAX_COMPARISONS: compared.maxComparisons,
      MAX_EVENT_COMPARISONS: compared.maxEventComparisons,
      MAX_COMPARED_NUMBERS: compared.maxComparedNumbers,
      MAX_COMPARED_TEXTS: compared.maxComparedTexts,
      MAX_COMPARED_TEXT_SIZE: compared.maxComparedTextSize,
      COMPARED_RESULT: compared.comparedResult,
      MAX_STRING_ARRAYS: layout.maxStringArrays,
      SLIM_CRED_SIZE: slimCredSize,
      MAX_CAPTURE_PIECE: capture.maxCapturePiece,
      MAX_CAPTURE_PREFIXES: capture.maxCapturePrefixes,
      MAX_CAPTURE_PREFIX_WORDS: capture.maxCapturePrefixSize / 8,
      MAX_CAPTURE_KINDS: Object.keys(capture.captureKinds).length + 1,
      CUT_BIT: `${hex(layout.cutBit)}U`,
      WIRES_READ_ON_ENTRY: `${hex(layout.readOnEntryBit)}U`,
    }),
    '',
    defines({
      RECORD_COMPAT: layout.recordFlags.compat,
      RECORD_ANCESTRY: layout.recordFlags.ancestry,
      RECORD_ANCESTRY_CUT: layout.recordFlags.ancestryCut,
      RECORD_FORKED: layout.recordFlags.forked,
      RECORD_TERMINAL: layout.recordFlags.terminal,
      RECORD_FOLLOWED: layout.recordFlags.followed,
      RECORD_STACK: layout.recordFlags.stack,
    }),
    '',
    defines(prefixed('STORAGE', layout.storages)),
    '',
    defines(prefixed('CHECK', carrierChecks)),
    '',
    defines(prefixed('STDIO', layout.stdioCauses)),
    '',
    defines(prefixed('ORIGIN', layout.socketOrigins)),
    '',
    defines(prefixed('MAPPING', layout.mappingFacts)),
    '',
    defines(prefixed('ALERT', memoryAlerts)),
    '',
    defines(prefixed('HOOK', layout.hookKinds)),
    '',
    defines(prefixed('SCOPE', layout.scopeFlags)),
    '',
    defines(prefixed('FILTER_FIELD', scope.filterFields)),
    '',
    defines(prefixed('FILTER', scope.filterOperators)),
    '',
    defines(prefixed('CONTAINER', scope.containerFacts)),
    '',
    defines(prefixed('COMPARE', compared.compareOperators)),
    '',
    defines(prefixed('ROUTE', layout.routes)),
    '',
    defines(prefixed('BUFFER', layout.bufferKinds)),
    '',
    defines(prefixed('WIRE', layout.wireCodes)),
    '',
    defines(prefixed('ENTRY', layout.entryReads)),
    '',
    defines(prefixed('CAPTURE', capture.captureKinds)),
    '',
    defines(prefixed('CAPTURE_CALL', capture.captureCalls)),
    '',
    defines(prefixed('CAPTURED', capture.captureFlags)),
    '',
    defines(prefixed('PART', capture.captureParts)),
    '',
    defines(Object.fromEntries(catalogue.map((event) => [`EVENT_${event.name.toUpperCase()}`, event.id]))),
    '',
    '/* What each program is called where it finds its own scratch memory. */',
    defines(
      Object.fromEntries(programs.map((program, index) => [`PROGRAM_${program.name.toUpperCase()}`, index])),
    ),
    '',
    ...catalogue
      .filter(({ syscall, arguments: list }) => syscall === undefined && list.length > 0)
      .map(argumentIndexes),
    ...[...layout.sharedStructs, ...capture.captureStructs].map(struct),
    '#endif',
    '',
  ];
  return parts.join('\n');
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function defines(values: Record<string, number | string>): string {
  return Object.entries(values)
    .map(([name, value]) => `#define ${name} ${value}`)
    .join('\n');
}

function prefixed(prefix: string, values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}_${name.toUpperCase()}`, value]),
  );
}

/** `enum { FILE_OPEN_PATHNAME, … }`: argument n of an event, by name. */
function argumentIndexes(event: EventDefinition): string {
  const names = event.arguments.map((argument) => `\t${event.name}__${argument.name}`.toUpperCase());
  return `enum {\n${names.join(',\n')},\n};\n`;
}

function struct(definition: layout.StructLayout): string {
  const { offsets, size } = layout.layoutOf(definition);
  const fields = definition.fields.map(([name, type, comment]) => {
    const [base, array] = splitType(type);
    return `\t${base} ${name}${array};${comment === '' ? '' : ` /* ${comment} */`}`;
  });
  const assertions = [...offsets].map(
    ([name, offset]) =>
      `_Static_assert(__builtin_offsetof(struct ${definition.name}, ${name}) == ${offset}, "${name}");`,
  );
  return [
    `struct ${definition.name} {`,
    ...fields,
    '};',
    ...assertions,
    `_Static_assert(sizeof(struct ${definition.name}) == ${size}, "${definition.name}");`,
    '',
  ].join('\n');
}

function splitType(type: string): [base: string, array: string] {
  const [base = '', count] = type.split(/[[\]]/);
  return [base === 'char' ? 'char' : `__${base}`, count === undefined ? '' : `[${count}]`];
}
