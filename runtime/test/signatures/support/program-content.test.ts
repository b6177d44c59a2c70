import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProgramContent } from '../../../src/signatures/support/program-content.js';
import { recordedEvent } from '../../events/record-encoder.js';
import { runs } from '../program-event.js';

/** A process that has ended, so that only the path leads to its program. */
const ended = spawnSync('/bin/true').pid;

function contentOf(
  path: string,
  more: Parameters<typeof runs>[1] = {},
): ReturnType<typeof readProgramContent> {
  return readProgramContent(
    recordedEvent({ event: 'proc_pid_status', ...runs(path, { host_pid: ended, ...more }) }),
  );
}

test('of a program file it can be asked what stands in it and what it was linked with', () => {
  const content = contentOf('/bin/true');
  assert.equal(content?.contains('ELF'), true);
  assert.equal(content?.contains('no such text in any program'), false);
  assert.ok(content?.needed.some((name) => name.startsWith('libc.')));
});

test('a file that took the place of the program is not read, nor one that is too large', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-content-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  const path = join(directory, 'program');
  copyFileSync('/bin/true', path);
  assert.notEqual(contentOf(path), undefined);
  assert.equal(contentOf(path, { executable_inode: 1 }), undefined);
  truncateSync(path, 64 * 1024 * 1024 + 1);
  assert.equal(contentOf(path), undefined);
});

test('a file that is no program was linked with nothing', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-content-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  const path = join(directory, 'script');
  writeFileSync(path, '#!/bin/sh\n');
  const content = contentOf(path);
  assert.deepEqual([content?.needed, content?.contains('/bin/sh')], [[], true]);
});
