import { isIP } from 'node:net';
import { priorities } from '../payload.js';
import type { Setting } from './settings.js';

/** What strconv.ParseBool of Go takes for a truth value. */
const truths = /^(?:1|t|T|true|TRUE|True)$/;
const untruths = /^(?:0|f|F|false|FALSE|False)$/;

/** No finding has a higher one; see `priorityOfSeverity`. */
const highest = priorities.indexOf('Critical');

/**
 * What is wrong with a value, in a clause that follows the name of the setting; undefined where it is right.
 * Falcosidekick takes the text `"2801"` for a number and `"true"` for a truth value, and so does this.
 */
export function judgeValue(value: unknown, setting: Setting): string | undefined {
  // Written and left empty: as if it was not there.
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof setting === 'object') return judgeWord(value, setting);
  switch (setting) {
    case 'text':
      return isScalarValue(value) ? undefined : 'must be text';
    case 'flag':
      return isFlag(value) ? undefined : 'must be true or false';
    case 'number':
      return /^\d{1,15}$/.test(textOf(value)) ? undefined : `${shown(value)}: must be a whole number`;
    case 'port':
      return isPort(textOf(value)) ? undefined : `${shown(value)}: must be a port from 1 to 65535`;
    case 'list':
      return isScalarValue(value) || isList(value) ? undefined : 'must be a list';
    case 'map':
      return isTextMap(value) ? undefined : 'must be a mapping of names to texts, each on a line of its own';
    case 'priorityMap':
      return isTextMap(value) && Object.keys(value).every((key) => /^[1-8]$/.test(key))
        ? undefined
        : 'takes priorities by number, from 1 (debug) to 8 (emergency): of words none would be used';
    case 'template':
      return isTemplate(value) ? undefined : notClosed;
    case 'templates':
      if (!isTextMap(value)) return 'must be a mapping of names to templates';
      return Object.values(value).every(isTemplate) ? undefined : notClosed;
    case 'outputFormat':
      return judgeFormat(value);
    case 'priority':
      return judgePriority(value);
    case 'duration':
      return /^(?:\d+|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/.test(textOf(value))
        ? undefined
        : `${shown(value)}: must be a duration, such as 1s`;
    case 'web':
      return isAddress(value, ['http:', 'https:'])
        ? undefined
        : 'must be an address that begins with http:// or https://';
    case 'webs':
      return isEach(value, (one) => isAddress(one, ['http:', 'https:']))
        ? undefined
        : 'must be addresses that begin with http:// or https://';
    case 'nats':
      return isAddress(value, ['nats:', 'nats+tls:', 'natss:', 'http:', 'https:'])
        ? undefined
        : 'must be an address that begins with nats://';
    case 'hostPort':
      return isHostPort(value) ? undefined : 'must be host:port';
    case 'hosts':
      return isEach(value, isHost) ? undefined : 'must be host or host:port, several with commas between';
    case 'plainName':
      return /^[a-zA-Z0-9][\w-]*$/.test(textOf(value)) ? undefined : 'must be letters, digits, - and _ alone';
  }
}

/** Whether a setting that switches an output on has a value that does. */
export function isSet(value: unknown, setting: Setting): boolean {
  if (value === undefined || value === null || value === '' || value === false) return false;
  if (setting === 'flag') return truths.test(textOf(value));
  return !Array.isArray(value) || value.length > 0;
}

/** The members of a list, which may also be written as one text with commas. */
export function listOf(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : textOf(value).split(',');
  return list.map((one) => textOf(one).trim()).filter((one) => one !== '');
}

/** `true` of any spelling that falcosidekick takes. */
export function isTrue(value: unknown): boolean {
  return isSet(value, 'flag');
}

function judgeWord(value: unknown, setting: Setting & object): string | undefined {
  const isExact = !('anyCase' in setting);
  const words = isExact ? setting : setting.anyCase;
  const text = textOf(value);
  return words.includes(isExact ? text : text.toLowerCase())
    ? undefined
    : `${shown(value)}: must be ${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

function judgePriority(value: unknown): string | undefined {
  const word = textOf(value).toLowerCase();
  const rank = priorities.findIndex((priority) => priority.toLowerCase() === word);
  if (rank > highest) return `${shown(value)}: no finding is above critical, so that none would be sent`;
  if (rank >= 0) return undefined;
  if (word === 'info') return '"info" would be taken for no minimum: say informational';
  const words = priorities.slice(0, highest + 1).map((priority) => priority.toLowerCase());
  return `${shown(value)} would be taken for no minimum: must be ${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

const notClosed = 'is no template: each {{ needs its }}';

/** As far as that can be seen without Go: falcosidekick goes on without a template that it cannot read. */
function isTemplate(value: unknown): boolean {
  const text = textOf(value);
  let isOpen = false;
  for (const [brace] of text.matchAll(/\{\{|\}\}/g)) {
    if ((brace === '{{') === isOpen) return false;
    isOpen = !isOpen;
  }
  return !isOpen;
}

const places = ['<timestamp>', '<priority>', '<output>', '<custom_fields>', '<templated_fields>', '<tags>'];

function judgeFormat(value: unknown): string | undefined {
  if (!isScalarValue(value)) return 'must be text';
  const isKnown = (textOf(value).match(/<[^>]*>?/g) ?? []).every((place) => places.includes(place));
  return isKnown ? undefined : `holds a place that there is not: there are ${places.join(', ')}`;
}

function isFlag(value: unknown): boolean {
  const text = textOf(value);
  return truths.test(text) || untruths.test(text);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function isAddress(value: unknown, protocols: readonly string[]): boolean {
  const text = textOf(value);
  if (/[\s\p{Cc}]/u.test(text) || !/^[a-z+]+:\/\/[^/]/.test(text)) return false;
  try {
    const { protocol, hostname } = new URL(text);
    return protocols.includes(protocol) && hostname !== '';
  } catch {
    // No address: that is the answer.
    return false;
  }
}

function isHostPort(value: unknown): boolean {
  const groups = /^(?:\[(?<ip>[^\]]+)\]|(?<host>[^\s:/@]+)):(?<port>\d+)$/.exec(textOf(value))?.groups;
  if (groups === undefined || !isPort(groups['port'] ?? '')) return false;
  return groups['ip'] === undefined || isIP(groups['ip']) === 6;
}

function isHost(value: unknown): boolean {
  return /^[^\s:/@[\]]+$/.test(textOf(value)) || isHostPort(value);
}

function isEach(value: unknown, isRight: (one: unknown) => boolean): boolean {
  const list = listOf(value);
  return list.length > 0 && list.every(isRight);
}

function isScalarValue(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isScalarValue);
}

function isTextMap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => one === null || isScalarValue(one) || typeof one === 'boolean');
}

/** Empty for what is no scalar, which fits nothing. */
function textOf(value: unknown): string {
  return isScalarValue(value) || typeof value === 'boolean' ? String(value) : '';
}

/** For kinds of settings that hold no secrets, and short, in case that one stands there all the same. */
function shown(value: unknown): string {
  const text = textOf(value);
  if (text === '') return 'not a single value';
  return JSON.stringify(text.length > 24 ? `${text.slice(0, 24)}…` : text);
}
