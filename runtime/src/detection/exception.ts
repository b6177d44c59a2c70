import { storages } from '../events/layout.js';
import type { ArgumentValue, TracedEvent } from '../events/record.js';
import type { Finding } from './rule.js';

/**
 * What is not to be told, as users write it below `exceptions:`. All that is named must hold. A condition on
 * the name of a process alone is not offered: any process can take any name.
 */
export interface ExceptionEntry {
  /** Id of a rule. */
  readonly rule: string;
  readonly sight?: string;
  /** Path of the program file. Holds only for a file that is there under a name: never for an unlinked one or a memfd. */
  readonly executable?: string;
  /** User id, on the host, who owns the program file: in namespaces of one's own any path can be had, but not root's files. */
  readonly owner?: number;
  /** Real user id of the process. */
  readonly uid?: number;
  /** Name of the parent process: narrows, and is as weak as names are. */
  readonly parent?: string;
  /** Values of the finding's `data`, compared as text; one of several where a list is given. */
  readonly data?: Readonly<Record<string, DataValue | readonly DataValue[]>>;
}

type DataValue = string | number | bigint;

/** Whether the user wants to hear nothing of such findings. */
export function matchesException(finding: Finding, entry: ExceptionEntry): boolean {
  const { rule, sight, event } = finding;
  return (
    rule.id === entry.rule &&
    (entry.sight === undefined || sight.id === entry.sight) &&
    (entry.executable === undefined || namedFileOf(event)?.path === entry.executable) &&
    (entry.owner === undefined || event.executableFile?.uid === entry.owner) &&
    (entry.uid === undefined || event.uid === entry.uid) &&
    (entry.parent === undefined || event.ancestors[0]?.comm === entry.parent) &&
    Object.entries(entry.data ?? {}).every(([name, wanted]) => isOneOf(finding.data?.[name], wanted))
  );
}

/**
 * The entry that silences findings like this one and as little else as possible. Undefined where the program
 * file has no name that could be relied on: an entry without it would silence far more.
 */
export function narrowestException({ rule, sight, event }: Finding): ExceptionEntry | undefined {
  const file = namedFileOf(event);
  if (file === undefined) return undefined;
  return { rule: rule.id, sight: sight.id, executable: file.path, owner: file.owner, uid: event.uid };
}

/** The program file, where its path leads to it and to nothing else. */
function namedFileOf(event: TracedEvent): { path: string; owner: number } | undefined {
  const file = event.executableFile;
  if (event.executable === undefined || file === undefined || file.links === 0) return undefined;
  const hasName = file.storage === storages.disk || file.storage === storages.tmpfs;
  return hasName ? { path: event.executable, owner: file.uid } : undefined;
}

function isOneOf(value: ArgumentValue | undefined, wanted: DataValue | readonly DataValue[]): boolean {
  if (value === undefined) return false;
  const all = typeof wanted === 'object' ? wanted : [wanted];
  return all.some((one) => String(one) === String(value));
}
