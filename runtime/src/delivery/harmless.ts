import { escapeText } from '../output/escape.js';

/**
 * What chat services obey in text that is copied into a message as it is:
 *
 * - `<` and `>` of Slack and Google Chat (`<!channel>`, `<http://evil|click>`), of Webex and of HTML;
 * - `@everyone`, `@here`, `@all`, `@channel` wherever they stand, and `@name` where a word could begin;
 * - `](` of a link or picture in Markdown;
 * - the backslash in front of punctuation: falcosidekick puts one before each `.` for Telegram, and leaves alone
 *   what is there, so that Telegram would refuse a message with `a\.out`. It is `\x5c` instead, by which all that is
 *   written here can be read back.
 */
const markup = /[<>]|@(?=everyone|here|all|channel)|(?<![\p{L}\p{N}])@|(?<=\])\(/giu;

/** More than any bound of a payload's texts; a hostile program can make them very long. */
const maxTextLength = 1024;

/**
 * Text of a traced program, safe to stand in a chat message, a mail header or a terminal:
 * `<!here>\n` -> `\x3c!here\x3e\x0a`. Falcosidekick escapes it for JSON and for the HTML part of a mail, and
 * nowhere else. Addresses stay as they are: they are evidence, and what they lead to can be read from them.
 *
 * Only the beginning is looked at: each text has a bound of fewer bytes, and what is made of this is longer.
 */
export function harmlessText(text: string): string {
  const readable = text.slice(0, maxTextLength).replaceAll('\\', String.raw`\x5c`);
  return escapeText(readable).replace(markup, (mark) => `\\x${mark.charCodeAt(0).toString(16)}`);
}
