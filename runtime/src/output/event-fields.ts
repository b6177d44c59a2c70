import { shortId } from '../events/container.js';
import { describeValue } from '../events/names.js';
import type { TracedEvent } from '../events/record.js';
import { eventToJson, type JsonStyle } from './event-json.js';
import { compileTemplate } from './template-values.js';

/** Names of what {@link fieldsOf} gives. */
export const eventFields = [
  ...['Timestamp', 'ProcessID', 'ThreadID', 'ParentProcessID', 'HostProcessID', 'HostThreadID'],
  ...['HostParentProcessID', 'UserID', 'MountNS', 'PIDNS', 'ProcessName', 'HostName', 'EventID'],
  ...['EventName', 'ArgsNum', 'ReturnValue', 'StackAddresses', 'Args', 'Executable', 'Hook', 'ContainerID'],
];

/** The function that prints events by a template. Throws TEMPLATE_INVALID. */
export function eventTemplate(text: string, name: string, style: JsonStyle): (event: TracedEvent) => string {
  const fields = Object.fromEntries([...eventFields, 'Time'].map((field) => [field, []]));
  const fill = compileTemplate(text, name, fields);
  return (event) => fill({ ...fieldsOf(event, style.isRaw), Time: style.clock.textOf(event.time) });
}

/** An event as templates see it, by the names of the original. */
export function fieldsOf(event: TracedEvent, isRaw = false): object {
  const context = {
    Timestamp: event.time / 1e9,
    ProcessID: event.pid,
    ThreadID: event.tid,
    ParentProcessID: event.ppid,
    HostProcessID: event.hostPid,
    HostThreadID: event.hostTid,
    HostParentProcessID: event.hostPpid,
    UserID: event.uid,
    MountNS: event.mountNamespace,
    PIDNS: event.pidNamespace,
    ProcessName: event.comm,
    HostName: event.hostName,
    EventID: event.definition.id,
    EventName: event.definition.name,
    ArgsNum: event.arguments.length,
    ReturnValue: event.returnValue,
    StackAddresses: event.stack ?? [],
    Args: event.arguments.map((argument) => ({
      Name: argument.definition.name,
      Type: argument.definition.type,
      Value: isRaw ? argument.value : describeValue(argument, event),
    })),
    Executable: event.executable ?? '',
    Hook: event.hook,
    ContainerID: event.container === undefined ? '' : shortId(event.container),
  };
  /* As JSON it has the keys that events have everywhere else, as in the original. */
  return Object.defineProperty(context, 'toJSON', { value: () => JSON.parse(eventToJson(event)) as unknown });
}
