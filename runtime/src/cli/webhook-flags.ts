import { readTrustedFile } from '../artifact/index.js';
import { Webhook, type WebhookOptions } from '../delivery/webhook.js';
import { TraceeError } from '../errors.js';
import { escapeText } from '../output/escape.js';
import type { FindingReport } from '../output/finding.js';
import { findingTemplate } from '../output/template.js';
import type { DeliveryFlags } from './delivery-flags.js';
import { readTemplate } from './finding-output.js';

/** A webhook as it was asked for, and the key that it has in the queue. */
export interface PlannedWebhook {
  readonly key: string;
  readonly webhook: Webhook;
}

const json = 'application/json';

/** A type, and parameters: nothing that could begin another header. */
const contentTypePattern =
  /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:[ \t]*;[ \t]*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[^"\\\p{Cc}]*"))*$/u;

/** Reads what `--webhook` and its companions say. Throws USAGE, without the address, which may hold secrets. */
export function planWebhooks(flags: DeliveryFlags): PlannedWebhook[] {
  const urls = (flags.webhook ?? []).map((text, index) => parseUrl(text, index + 1));
  refuseUseless(flags);
  const options: Omit<WebhookOptions, 'url'> = {
    contentType: contentTypeOf(flags),
    ca: flags.webhookCa === undefined ? undefined : readCertificates(flags.webhookCa),
    allowsLinkLocal: flags.webhookAllowLinkLocal === true,
  };
  const seen = new Map<string, number>();
  return urls.map((url) => {
    const count = (seen.get(url.origin) ?? 0) + 1;
    seen.set(url.origin, count);
    // Without path and query: they hold tokens, and findings still wait for the same receiver when they change.
    const key = `webhook ${url.origin}${count === 1 ? '' : ` #${count}`}`;
    return { key, webhook: new Webhook({ ...options, url }) };
  });
}

/** What is told of a template that does not make what it should. */
export interface TemplateTrouble {
  /** Once. */
  readonly onNoJson: (file: string) => void;
  /** Each time. */
  readonly onFailure: (error: TraceeError) => void;
}

/**
 * What makes the body of a finding, where there is a template; undefined for a finding that the template cannot tell,
 * which is then sent as if there was none. Throws USAGE and TEMPLATE_INVALID.
 */
export function bodyMakerOf(
  flags: DeliveryFlags,
  { onNoJson, onFailure }: TemplateTrouble,
): ((report: FindingReport) => string | undefined) | undefined {
  const file = flags.webhookTemplate;
  if (file === undefined) return undefined;
  const form = isJson(contentTypeOf(flags)) ? 'json' : 'text';
  const fill = findingTemplate(readTemplate(file), file, form);
  let isTold = false;
  return (report) => {
    let body: string;
    try {
      body = fill(report);
    } catch (error) {
      if (!(error instanceof TraceeError) || error.code !== 'TEMPLATE_FAILED') throw error;
      onFailure(error);
      return undefined;
    }
    if (form === 'json' && !isTold && !parses(body)) {
      isTold = true;
      onNoJson(file);
    }
    return body;
  };
}

function parseUrl(text: string, number: number): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const which = `the address of webhook ${number}`;
  if (url === undefined) throw usage(`${which} is no URL`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw usage(`${which} is for ${url.protocol.slice(0, -1)}, and webhooks speak http or https`);
  }
  if (!isDecodable(url.username) || !isDecodable(url.password))
    throw usage(`${which} has a name that is not encoded`);
  if (url.port === '0') throw usage(`${which} has port 0`);
  return url;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function contentTypeOf({ webhookContentType }: DeliveryFlags): string {
  if (webhookContentType === undefined) return json;
  if (contentTypePattern.test(webhookContentType) && webhookContentType.length <= 200)
    return webhookContentType;
  throw new TraceeError('USAGE', `"${escapeText(webhookContentType)}" is no content type`, {
    hint: 'such as --webhook-content-type application/json, or "text/plain; charset=utf-8"',
  });
}

function isJson(contentType: string): boolean {
  return /^[^;]+[/+]json[ \t]*(?:;|$)/i.test(contentType);
}

function parses(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

function readCertificates(path: string): string {
  let text: string;
  try {
    const bytes = readTrustedFile(path, { what: 'file of certificates', maxBytes: 1 << 20 });
    text = new TextDecoder().decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TraceeError)) throw cause;
    throw new TraceeError('USAGE', cause.message, { hint: cause.hint ?? '', cause });
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new TraceeError('USAGE', `${path} has no certificate`, { hint: '--webhook-ca takes PEM' });
}

/** Options that would be dropped without a word. */
function refuseUseless(flags: DeliveryFlags): void {
  if (flags.webhook !== undefined) return;
  const { webhookTemplate, webhookContentType, webhookCa, webhookAllowLinkLocal } = flags;
  const given = Object.entries({
    '--webhook-template': webhookTemplate,
    '--webhook-content-type': webhookContentType,
    '--webhook-ca': webhookCa,
    '--webhook-allow-link-local': webhookAllowLinkLocal,
  }).find(([, value]) => value !== undefined);
  if (given === undefined) return;
  throw usage(`${given[0]} says how webhooks get findings, but --webhook names none`);
}

function usage(message: string): TraceeError {
  return new TraceeError('USAGE', message, { hint: 'such as --webhook https://hooks.example.org/tracee' });
}
