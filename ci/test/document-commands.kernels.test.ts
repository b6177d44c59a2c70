import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fetchKernel } from '../vm/dist/fetch.js';
import { findKernelRow } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';
import { commandBlocks } from './document-blocks.js';
import { runOnStage } from './document-stage.js';
import { documents } from './repository.js';

/* Every block "sh run" of the documents, page by page. Traces nothing but what the commands start. Needs root. */

const settings = readSettings(process.env);
const kernel = await fetchKernel(findKernelRow('debian-6.1'), { settings });

for (const document of documents()) {
  const blocks = commandBlocks(document, 'run');
  if (blocks.length === 0) continue;
  test(`the commands of ${document.path} do what they should`, () => {
    const outcomes = runOnStage(blocks, {
      ...{ kernel, cacheDir: dirname(settings.cacheDir), timeoutMs: 300_000 },
    });
    for (const { where, status, output } of outcomes)
      assert.equal(status, 0, `${where} ended with ${status}:\n${output.slice(-3000)}`);
    assert.equal(outcomes.length, blocks.length);
  });
}
