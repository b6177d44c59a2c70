import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOutput, type EventFormat } from '../../src/cli/output-options.js';

/* Rows of the original's tests, and what they come to; `mended` where it is otherwise here. */
const accepted: readonly (readonly [
  words: string[],
  format: EventFormat,
  outFile?: string | undefined,
  errFile?: string,
])[] = [
  [[], 'table'],
  [['table'], 'table'],
  [['format:table'], 'table'],
  [['table-verbose'], 'table-verbose'],
  [['json'], 'json'],
  [['format:json'], 'json'],
  [['none'], 'none'],
  [['format:none'], 'none'],
  [['gotemplate=/path/to/tmpl'], { template: '/path/to/tmpl' }],
  [['format:gotemplate=/path/to/tmpl'], { template: '/path/to/tmpl' }],
  // Mended: a path may hold = and :
  [['gotemplate=/a=b/c:d'], { template: '/a=b/c:d' }],
  [['out-file:/path'], 'table', '/path'],
  [['err-file:/path'], 'table', undefined, '/path'],
  [['out-file:/a:b', 'json'], 'json', '/a:b'],
  [['json', 'out-file:/a', 'err-file:/b', 'option:exec-env'], 'json', '/a', '/b'],
  [['json', 'format:json'], 'json'],
  [['option:detect-syscall'], 'table'],
  [['option:exec-env'], 'table'],
  [['option:relative-time'], 'table'],
  [['option:parse-arguments'], 'table'],
  [['option:sort-events', 'option:raw'], 'table'],
];

for (const [words, format, outFile, errFile] of accepted) {
  test(`--output ${words.join(' ')} is ${JSON.stringify(format)}`, () => {
    const parsed = parseOutput(words);
    assert.deepEqual([parsed.format, parsed.outFile, parsed.errFile], [format, outFile, errFile]);
    for (const word of words.filter((one) => one.startsWith('option:'))) {
      assert.ok(parsed.has(word.slice('option:'.length) as 'raw'), word);
    }
  });
}

const refused: readonly (readonly [words: string[], message: RegExp, hint?: RegExp])[] = [
  // Mended: 0.5.0 took any word for a format, and crashed
  [['foo'], /^--output foo is no format$/, /formats are table, table-verbose, json, gotemplate=\/path, none/],
  [['format:foo'], /is no format/],
  [['out-file'], /^--output out-file is no format$/],
  [['jso'], /is no format/, /did you mean json\?/],
  [['gob'], /Go's own format/, /use json/],
  [['gotemplate='], /is no format/],
  [['option:'], /^--output option: is no option$/, /options are raw/],
  [['option:foo'], /is no option/],
  [['option:exec-envy'], /is no option/, /did you mean exec-env\?/],
  // Mended: 0.5.0 ignored unknown keys
  [['foo:bar'], /^--output foo:bar is nothing that output has$/, /format, out-file, err-file, option/],
  [[':'], /is nothing that output has/],
  [['out-file:'], /names no file/],
  [['err-file:'], /names no file/],
  [['out-file:/a', 'out-file:/b'], /second out-file/],
  [['out-file:/a', 'err-file:/a'], /is where events go/],
  [['json', 'table'], /second format/],
  [['option:raw', 'option:parse-arguments'], /contradicts option:raw/],
  [['option:relative-time', 'option:wall-time'], /contradicts/],
];

for (const [words, message, hint] of refused) {
  test(`--output ${words.join(' ')} is refused with what there is`, () => {
    assert.throws(
      () => parseOutput(words),
      (error: unknown) => {
        assert.ok(error instanceof Error && 'hint' in error && 'status' in error);
        assert.match(error.message, message);
        if (hint !== undefined) assert.match(String(error.hint), hint);
        assert.equal(error.status, 2);
        return true;
      },
    );
  });
}
