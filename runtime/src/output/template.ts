import { narrowestException } from '../detection/exception.js';
import type { Finding, Severity } from '../detection/rule.js';
import { eventFields, fieldsOf } from './event-fields.js';
import { exceptionLine } from './exception-line.js';
import type { FindingReport } from './finding.js';
import { compileTemplate, type TemplateFields, type TemplateForm } from './template-values.js';

export type { TemplateForm };

/** The original's numbers. */
const severities: Readonly<Record<Severity, number>> = { info: 0, low: 1, medium: 2, high: 3, critical: 4 };

/** Fields of the original's finding, and ours. Below `Data` rules name what they like. */
const fields: TemplateFields = {
  Data: 'any',
  Context: eventFields,
  SigMetadata: ['ID', 'Version', 'Name', 'Description', 'Tags', 'Properties'],
  Time: [],
  Severity: [],
  Sight: [],
  Summary: [],
  Facts: [],
  LostEvents: [],
  Exception: [],
};

/** The function that prints findings by a template. Throws TEMPLATE_INVALID. */
export function findingTemplate(
  text: string,
  name: string,
  form: TemplateForm = 'text',
): (report: FindingReport) => string {
  const fill = compileTemplate(text, name, fields, form);
  return (report) => fill(dataOf(report));
}

function dataOf({ finding, losses, toldAt }: FindingReport): object {
  const exception = narrowestException(finding);
  return {
    Data: finding.data ?? {},
    Context: fieldsOf(finding.event),
    SigMetadata: metadataOf(finding),
    Time: toldAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    Severity: finding.rule.severity,
    Sight: finding.sight.id,
    Summary: finding.summary,
    Facts: finding.facts,
    LostEvents: losses.sinceStart,
    Exception: exception === undefined ? '' : exceptionLine(exception),
  };
}

function metadataOf({ rule }: Finding): object {
  return {
    ID: rule.id,
    Version: rule.version,
    Name: rule.name,
    Description: rule.description,
    Tags: rule.tags,
    Properties: {
      Severity: severities[rule.severity],
      'MITRE ATT&CK': `${rule.mitre.tactic}: ${rule.mitre.technique}`,
    },
  };
}
