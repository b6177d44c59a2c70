/**
 * Control characters (C0, DEL, C1), line and paragraph separators and the marks that turn the direction of
 * text: whatever could change what a terminal shows around it. And halves of surrogate pairs, which no
 * encoding can carry.
 */
const unsafe =
  // oxlint-disable-next-line no-control-regex -- control characters are what it is for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\p{Cs}]/gu;

const beyondAscii = /[^\u0020-\u007e]/;

/** Text of a traced program, safe to print: `a<ESC>[31m` -> `a\x1b[31m`. A backslash stays one. */
export function escapeText(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** JSON with the same characters written as `\\u` escapes: it means the same, and a terminal stays as it was. */
export function escapeJson(json: string): string {
  // Without these nothing needs to be looked at twice: JSON has escaped C0 itself.
  if (!beyondAscii.test(json)) return json;
  return json.replace(unsafe, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
