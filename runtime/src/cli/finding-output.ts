import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { HeldBack, RateLimit, Repeats } from '../detection/gate.js';
import { TraceeError } from '../errors.js';
import { findingToText, heldBackToText, repeatsToText, type FindingReport } from '../output/finding.js';
import { findingToJson, heldBackToJson, repeatsToJson } from '../output/json.js';
import { findingTemplate } from '../output/template.js';
import { print, say, warn, write } from './report.js';

/** How findings are printed; `template` names a file. */
export type OutputFormat = 'text' | 'json' | { readonly template: string };

/** Where findings and what became of the others go. */
export interface FindingOutput {
  finding: (report: FindingReport) => void;
  repeats: (repeats: Repeats) => void;
  heldBack: (heldBack: HeldBack) => void;
}

/** Parses `--output`: `text`, `json`, `template=FILE`, or `gotemplate=FILE` as the original called it. */
export function parseFormat(text: string): OutputFormat {
  if (text === 'text' || text === 'json') return text;
  const template = /^(?:go)?template=(?<file>.+)$/s.exec(text)?.groups?.['file'];
  if (template !== undefined) return { template };
  throw new InvalidArgumentError('Allowed choices are text, json, template=FILE.');
}

const periods: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Parses `--rate-limit`: `60/m`, `5/s`, `100/h`; `off` is no limit. */
export function parseRateLimit(text: string): RateLimit | 'off' {
  if (text === 'off') return 'off';
  const groups = /^(?<count>[1-9]\d{0,8})\/(?<unit>[smh])$/.exec(text)?.groups;
  const periodMs = periods[groups?.['unit'] ?? ''];
  if (periodMs === undefined) {
    throw new InvalidArgumentError('A limit is N/s, N/m or N/h with N from 1 on, or off.');
  }
  return { count: Number(groups?.['count']), periodMs };
}

/** Parses `--dedup-window`: seconds. */
export function parseDedupWindow(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A window is a whole number of seconds, 0 for none.');
}

/** Reads the template where one is named. Throws USAGE and TEMPLATE_INVALID. */
export function makeFindingOutput(format: OutputFormat, isColoured: boolean): FindingOutput {
  if (format === 'json') {
    return {
      finding: (report) => print(findingToJson(report)),
      repeats: (repeats) => print(repeatsToJson(repeats)),
      heldBack: (heldBack) => print(heldBackToJson(heldBack)),
    };
  }
  const heldBack = (one: HeldBack): void => say(heldBackToText(one));
  if (format === 'text') {
    return {
      finding: (report) => print(findingToText(report, isColoured)),
      repeats: (repeats) => print(repeatsToText(repeats, isColoured)),
      heldBack,
    };
  }
  const fill = findingTemplate(readTemplate(format.template), format.template);
  return {
    finding: (report) => writeFilled(report, fill),
    repeats: (repeats) => say(repeatsToText(repeats, false)),
    heldBack,
  };
}

/** A finding that the template cannot print is told as text, on stderr like all that is not made by the template. */
function writeFilled(report: FindingReport, fill: (report: FindingReport) => string): void {
  try {
    write(fill(report));
  } catch (error) {
    if (!(error instanceof TraceeError) || error.code !== 'TEMPLATE_FAILED') throw error;
    warn(error);
    say(findingToText(report, false));
  }
}

/** Throws USAGE. */
export function readTemplate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TraceeError('USAGE', `the template ${path} cannot be read: ${reason}`, {
      hint: 'a template is a readable file',
      cause,
    });
  }
}
