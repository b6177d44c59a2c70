/**
 * Control characters (C0, DEL, C1), line and paragraph separators and the marks that turn the direction of
 * text: whatever could change what a terminal shows around it. And halves of surrogate pairs, which no
 * encoding can carry.
 */
const unsafe =
  // oxlint-disable-next-line no-control-regex -- control characters are what it is for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\p{Cs}]/gu;

const beyondAscii = /[^\u0020-\u007e]/;

/** Bytes that are no UTF-8 stand in text as half a surrogate pair each: 0x80 as U+DC80 (events/text.ts). */
const lostBytes = { first: 0xdc80, last: 0xdcff };

/** Text of a traced program, safe to print: `a<ESC>[31m` -> `a\x1b[31m`. A backslash stays one. */
export function escapeText(text: string): string {
  return text.replace(unsafe, (character) => {
    let code = character.codePointAt(0) ?? 0;
    if (code >= lostBytes.first && code <= lostBytes.last) code &= 0xff;
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/**
 * A message of several lines: a line that a name in it begins is indented, and cannot pass for one of ours.
 * `no file a<LF>tracee: b` -> `no file a`, `  tracee: b`
 */
export function escapeLines(text: string): string {
  return text
    .split('\n')
    .map((line, index) => `${index === 0 || line.startsWith('  ') ? '' : '  '}${escapeText(line)}`)
    .join('\n');
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
