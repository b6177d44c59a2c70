/** What an output did with what it was given. */
export interface Evidence {
  readonly ok: number;
  readonly error: number;
}

/** Before 2.30 the counter had a shorter name. */
const sample =
  /^(?:falcosecurity_falcosidekick_outputs_total|falcosidekick_outputs)\{(?<labels>(?:[^"}]|"(?:[^"\\]|\\.)*")*)\}\s+(?<value>[\d.e+]+)/gm;

/**
 * Deliveries by label `destination`, from falcosidekick's `/metrics`. The label is taken in lower case and without
 * a dot or comma at its end: falcosidekick has `Fission` and had `dynatrace,`. A status that is not `ok` is an
 * error: MQTT's is the text of what went wrong.
 */
export function parseMetrics(text: string): Map<string, Evidence> {
  const found = new Map<string, { ok: number; error: number }>();
  for (const { groups } of text.matchAll(sample)) {
    const labels = groups?.['labels'] ?? '';
    const destination = labelOf(labels, 'destination')?.toLowerCase().replace(/[.,]$/, '');
    const status = labelOf(labels, 'status');
    const value = Number(groups?.['value']);
    if (destination === undefined || !Number.isFinite(value)) continue;
    const evidence = found.get(destination) ?? { ok: 0, error: 0 };
    evidence[status === 'ok' ? 'ok' : 'error'] += value;
    found.set(destination, evidence);
  }
  return found;
}

function labelOf(labels: string, name: string): string | undefined {
  return new RegExp(`(?:^|,)${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(labels)?.[1];
}
