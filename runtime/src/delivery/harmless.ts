import { escapeText } from '../output/escape.js';

/**
 * What chat services obey in text that is copied into a message as it is:
 *
 * - `<` and `>` of Slack and Google Chat (`<!channel>`, `<http://evil|click>`), of Webex and of HTML;
 * - `@everyone`, `@here`, `@all`, `@channel` wherever they stand, and `@name` where a word could begin;
 * - `](` of a link or picture in Markdown, and the `{@` of Cliq.
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
  return escapeText(text.slice(0, maxTextLength)).replace(
    markup,
    (mark) => `\\x${mark.charCodeAt(0).toString(16)}`,
  );
}
