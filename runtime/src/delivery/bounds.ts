/** What stands in place of what was cut. Falcosidekick writes the same. */
const cutMark = '[...]';

/**
 * At most so many bytes, cut between two characters, with a mark where something is missing. Counted as in
 * the JSON of Go, which is at least the size in UTF-8, so that a text holds its bound in both. The text has no
 * control characters.
 */
export function cutToBytes(text: string, limitBytes: number): string {
  if (textBytes(text) <= limitBytes) return text;
  const room = limitBytes - cutMark.length;
  let end = 0;
  let size = 0;
  for (const character of text) {
    size += characterBytes(character);
    if (size > room) break;
    end += character.length;
  }
  return `${text.slice(0, end)}${cutMark}`;
}

/**
 * Size of a value as Go writes it in JSON, which is what falcosidekick measures: `&`, `<` and `>` are `\u0026`
 * and the like there, six bytes in place of one, and the line separators too, which have three in UTF-8.
 */
export function goJsonBytes(value: unknown): number {
  const json = JSON.stringify(value);
  const escaped = json.match(/[&<>]/g)?.length ?? 0;
  const separators = json.match(/[\u2028\u2029]/g)?.length ?? 0;
  return Buffer.byteLength(json) + 5 * escaped + 3 * separators;
}

/** The same for one character that is no control character: `textBytes` takes far longer. */
function characterBytes(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return '&<>'.includes(character) ? 6 : '"\\'.includes(character) ? 2 : 1;
  if (code === 0x2028 || code === 0x2029) return 6;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** Without the quotes. */
function textBytes(text: string): number {
  return goJsonBytes(text) - '""'.length;
}
