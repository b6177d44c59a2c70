/** What the proof of detection needs of a finding that tracee printed with `--output json`. */
export interface SeenFinding {
  readonly rule: string;
  /** Which behaviour of the rule's. */
  readonly sight: string;
  /** Too weak to be told without `--signals`. */
  readonly isSignal: boolean;
  readonly event: string;
  readonly hook: string;
  /** Name and executable of the process, `runc (/usr/sbin/runc)`. */
  readonly process: string;
  /** The process and its ancestors, as the host numbers them. */
  readonly pids: readonly number[];
  /** Seconds of the monotonic clock, when the event happened. */
  readonly at: number;
}

/** A line of tracee's, as far as it is looked at. */
interface FindingLine {
  readonly kind?: string;
  readonly rule: { readonly id: string; readonly severity: string };
  readonly sight?: string;
  readonly event: {
    readonly timestamp: number;
    readonly hostProcessId: number;
    readonly eventName: string;
    readonly hook: string;
    readonly processName: string;
    readonly executable: string | null;
  };
  readonly ancestors: readonly { readonly hostPid: number }[];
}

/** The findings among lines of JSON; other lines and other kinds are left out. */
export function parseFindings(text: string): SeenFinding[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const { kind = 'finding', ...finding } = JSON.parse(line) as FindingLine;
    return kind === 'finding' ? [toSeen(finding)] : [];
  });
}

function toSeen({ rule, sight = '', event, ancestors }: FindingLine): SeenFinding {
  return {
    rule: rule.id,
    sight,
    isSignal: rule.severity === 'info',
    event: event.eventName,
    hook: event.hook,
    process: `${event.processName} (${event.executable ?? 'unknown program'})`,
    pids: [event.hostProcessId, ...ancestors.map(({ hostPid }) => hostPid)],
    at: event.timestamp,
  };
}
