import { shortId } from '../events/container.js';
import { describeValue, errorName } from '../events/names.js';
import type { EventArgument, TracedEvent } from '../events/record.js';
import { escapeText } from './escape.js';
import type { EventClock } from './event-clock.js';

export interface TableStyle {
  readonly isVerbose: boolean;
  /** Containers alone are traced: their ids are shown. */
  readonly areContainers: boolean;
  /** Values as they are, without names. */
  readonly isRaw: boolean;
  readonly clock: EventClock;
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly cell: (event: TracedEvent, style: TableStyle) => string;
}

const column = (title: string, width: number, cell: Column['cell']): Column => ({ title, width, cell });

const times = { boot: 'TIME(s)', relative: 'TIME(s)', wall: 'TIME(UTC)' } as const;

const uid = column('UID', 6, ({ uid: user }) => String(user));
const comm = column('COMM', 16, (event) => escapeText(event.comm));
const result = column('RET', 16, describeResult);
const name = column('EVENT', 20, ({ definition }) => definition.name);
const list = column('ARGS', 0, (event, { isRaw }) =>
  event.arguments.map((argument) => describeArgument(argument, event, isRaw)).join(', '),
);

/** The original's columns, and their widths. */
const plain = [
  uid,
  comm,
  column('PID', 7, ({ pid }) => String(pid)),
  column('TID', 7, ({ tid }) => String(tid)),
  result,
  name,
  list,
];

const names = [
  column('UTS_NAME', 16, ({ hostName }) => escapeText(hostName)),
  column('CONTAINER_ID', 16, ({ container }) => (container === undefined ? '' : shortId(container))),
];

const ids = [
  column('PID/host', 15, ({ pid, hostPid }) => `${pid}/${hostPid}`),
  column('TID/host', 15, ({ tid, hostTid }) => `${tid}/${hostTid}`),
];

const inContainers = [...names, uid, comm, ...ids, result, name, list];

const verbose = [
  ...names,
  column('MNT_NS', 12, ({ mountNamespace }) => String(mountNamespace)),
  column('PID_NS', 12, ({ pidNamespace }) => String(pidNamespace)),
  uid,
  comm,
  ...ids,
  column('PPID/host', 15, ({ ppid, hostPpid }) => `${ppid}/${hostPpid}`),
  result,
  name,
  list,
];

export function tableHeader(style: TableStyle): string {
  return row(style, ({ title }) => title, times[style.clock.style]);
}

/** One event as one line of the table, without the line end. */
export function eventToRow(event: TracedEvent, style: TableStyle): string {
  return row(style, ({ cell }) => cell(event, style), style.clock.textOf(event.time));
}

function row(
  { isVerbose, areContainers, clock }: TableStyle,
  textOf: (column: Column) => string,
  time: string,
): string {
  const cells = (isVerbose ? verbose : areContainers ? inContainers : plain).map((one) =>
    textOf(one).padEnd(one.width),
  );
  return [time.padEnd(clock.style === 'wall' ? 16 : 14), ...cells].join(' ').trimEnd();
}

/** `-2 (ENOENT)` */
function describeResult({ returnValue }: TracedEvent, { isRaw }: TableStyle): string {
  const error = isRaw ? undefined : errorName(returnValue);
  return error === undefined ? String(returnValue) : `${returnValue} (${error})`;
}

function describeArgument(argument: EventArgument, event: TracedEvent, isRaw: boolean): string {
  const value = isRaw ? argument.value : describeValue(argument, event);
  const text = Array.isArray(value) ? `[${value.join(' ')}]` : String(value);
  const { cut } = argument;
  const mark = cut === undefined ? '' : ` (cut${cut.full === undefined ? '' : `, ${cut.full} in all`})`;
  return `${argument.definition.name}: ${escapeText(text)}${mark}`;
}
