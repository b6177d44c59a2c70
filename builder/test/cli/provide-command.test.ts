import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createPlace, run, type Place } from './program.js';

/* What `provide` does without headers of the running kernel; with them it is tried in the images. */

/** One whose temporary files another user may reach, as in `/tmp`. */
function createOpenPlace(context: { after(callback: () => void): void }): Place {
  const place = createPlace(context);
  for (const path of [place.directory, place.temporary]) chmodSync(path, 0o755);
  return place;
}

test('where objects must be signed nothing is built, since nobody is there who could sign', async (context) => {
  const place = createPlace(context);
  for (const key of ['/some/key.pub', '']) {
    const env = { ...place.env, TRACEE_BPF_PUBKEY: key };
    const { status, stderr } = await run(place, ['provide', '--output', place.output], env);
    assert.equal(status, 3);
    assert.match(
      stderr,
      /TRACEE_BPF_PUBKEY requires signed objects, .*\n {2}build and sign it where the key is/,
    );
    assert.equal(existsSync(place.output), false);
  }
});

test('a build that fails has said why, and leaves nothing behind', async (context) => {
  const place = createOpenPlace(context);
  const headers = join(place.directory, 'no-headers');
  const env = { ...place.env, KERN_HEADERS: headers };
  const { status, stdout, stderr } = await run(place, ['provide', '--output', place.output], env);
  assert.equal(status, 6, stderr);
  assert.ok(stderr.includes(headers), stderr);
  assert.match(stderr, /the build without privileges ended with status 6\n$/);
  assert.equal(stdout, '');
  assert.equal(existsSync(place.output), false);
  assert.deepEqual(readdirSync(place.temporary), []);
});

test("only headers will do: the kernel's BTF is not taken, and another kernel is not built for", async (context) => {
  const place = createOpenPlace(context);
  const { status, stderr } = await run(place, ['provide', '--output', place.output], {
    ...place.env,
    KERN_RELEASE: '5.5.5-another',
  });
  assert.equal(status, 6, stderr);
  assert.match(stderr, new RegExp(`no headers for kernel ${release()}`));
});
