import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fetchKernel } from '../vm/dist/fetch.js';
import { findKernelRow } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';
import { commandBlocks, type Block } from './document-blocks.js';
import { runOnStage } from './document-stage.js';
import { documents, root } from './repository.js';

/* Every block "sh run" of the documents, page by page. Traces nothing but what the commands start. Needs root. */

const settings = readSettings(process.env);
const kernel = await fetchKernel(findKernelRow('debian-6.1'), { settings });

const stage = { kernel, cacheDir: dirname(settings.cacheDir), timeoutMs: 300_000 };

test('a command that fails is noticed, ends its page, and what the page wrote is gone', () => {
  const block = (where: string, text: string): Block => ({ where, language: 'sh', mark: 'run', text });
  const places = ['/etc', '/opt', '/usr/local', '/usr/src', '/tmp'].map(
    (place) => `${place}/tracee-stage-test`,
  );
  const outcomes = runOnStage(
    [
      block('a.md:1', `touch ${places.join(' ')} here\nls /srv/tracee/here\necho 6.1.0-56-amd64\n`),
      block('a.md:9', 'tracee --list | grep TRC-2\nfalse\ntracee --version\n'),
      block('a.md:14', 'tracee --list\n'),
    ],
    stage,
  );
  assert.deepEqual(
    outcomes.map(({ where, status }) => [where, status]),
    [
      ['a.md:1', 0],
      ['a.md:9', 1],
    ],
  );
  assert.deepEqual([...places, join(root, 'here')].filter(existsSync), []);
  const [first, second] = outcomes.map(({ output }) => output);
  assert.match(first ?? '', new RegExp(`^${kernel.release}$`, 'm'));
  assert.match(second ?? '', /TRC-2/);
  assert.doesNotMatch(second ?? '', /Tracee version/);
});

for (const document of documents()) {
  const blocks = commandBlocks(document, 'run');
  if (blocks.length === 0) continue;
  test(`the commands of ${document.path} do what they should`, () => {
    const outcomes = runOnStage(blocks, stage);
    for (const { where, status, output } of outcomes)
      assert.equal(status, 0, `${where} ended with ${status}:\n${output.slice(-3000)}`);
    assert.equal(outcomes.length, blocks.length);
  });
}
