/** What a line that falcosidekick writes to stderr says. */
export type LogLine =
  /** The outputs that it understood, as it prints them: names with spaces between. */
  | { readonly is: 'enabled'; readonly names: string }
  | { readonly is: 'delivered'; readonly output: string }
  | { readonly is: 'error'; readonly output: string | undefined; readonly text: string }
  | { readonly is: 'other' };

const stamped = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (?:\[(?<level>[A-Z]+)\])? *:? ?(?<text>.*)$/;

/**
 * `2026/11/24 00:23:11 [ERROR] : Slack - header missing (400): …`. What it calls fatal has had no level since 2.31,
 * and what Go itself says has not even a time: both are errors.
 */
export function parseLogLine(line: string): LogLine {
  const groups = stamped.exec(line)?.groups;
  const level = groups?.['level'];
  const text = groups?.['text'] ?? line;
  const names = /^Enabled Outputs ?: ?\[(?<names>.*)\]/.exec(text)?.groups?.['names'];
  if (names !== undefined) return { is: 'enabled', names };
  const { output, rest } = /^(?<output>[\w .-]{1,40}?) - (?<rest>.*)$/.exec(text)?.groups ?? {};
  // A function of Google's that was called is told of as an error.
  const isOk =
    /\bOK\b/.test(rest ?? '') && (level === 'INFO' || rest?.startsWith('Call CloudFunction OK') === true);
  if (isOk && output !== undefined) return { is: 'delivered', output };
  if (level === 'INFO' || level === 'DEBUG' || text.trim() === '') return { is: 'other' };
  return { is: 'error', output, text: rest ?? text };
}

/** Which of these outputs the line does not name. */
export function missingOf(names: string, wanted: readonly string[]): string[] {
  const padded = ` ${names} `.toLowerCase();
  return wanted.filter((name) => !padded.includes(` ${name.toLowerCase()} `));
}
