import { columns } from '../../builder/dist/cli/table.js';
import { meetsTarget, type Metric, type ProfileLine } from './metric.js';
import { worsening } from './results.js';

/** One line per metric: value, spread, what it was before, the target and whether it is met. */
export function formatTable(metrics: readonly Metric[], before: readonly Metric[]): string {
  const earlier = new Map(before.map((metric) => [metric.id, metric]));
  const rows = metrics.map((metric) => [
    metric.id,
    formatValue(metric.value, metric.unit),
    metric.spread === undefined ? '' : metric.spread.map((value) => formatNumber(value)).join(' – '),
    ...(before.length === 0 ? [] : [describeBefore(metric, earlier.get(metric.id))]),
    describeTarget(metric),
    metric.note === undefined ? metric.title : `${metric.title} (${metric.note})`,
  ]);
  const head = ['MEASURE', 'VALUE', 'SPREAD', ...(before.length === 0 ? [] : ['BEFORE']), 'TARGET', 'WHAT'];
  return columns([head, ...rows]);
}

/** Self time by function, most first. */
export function formatProfile(lines: readonly ProfileLine[]): string {
  return columns(lines.map((line) => [`${line.percent.toFixed(1)} %`, line.function, line.place]));
}

function describeBefore(metric: Metric, before: Metric | undefined): string {
  if (before === undefined) return '';
  const ratio = worsening(metric, before);
  const text = formatValue(before.value, before.unit);
  if (ratio === undefined) return text;
  return `${text} WORSE${Number.isFinite(ratio) ? ` ${ratio.toFixed(2)}x` : ''}`;
}

function describeTarget(metric: Metric): string {
  const { target } = metric;
  if (target === undefined) return '';
  const text =
    'atMost' in target ? `<= ${formatNumber(target.atMost)}` : `>= ${formatNumber(target.atLeast)}`;
  return `${text} ${meetsTarget(metric) === true ? 'met' : 'NOT MET'}`;
}

function formatValue(value: number, unit: string): string {
  return unit === '' ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

/** `1234567` -> `1,234,567`, `1.23456` -> `1.23` */
function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
