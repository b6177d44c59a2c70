import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, suite, test, type TestContext } from 'node:test';
import { buildSmallObject, cosignKey, cosignPassphrase } from '../fixtures/signed.js';
import { smallSources } from '../fixtures/bpf.js';
import { createDirectory, writeFiles } from '../fixtures/scratch.js';
import { createPlace, run, type Place } from './program.js';

const made = await buildSmallObject(createDirectory({ after }));
const name = basename(made);

/** A place with `fleet.key`, `fleet.pub` and an object. */
async function createSigningPlace(context: TestContext): Promise<Place & { object: string }> {
  const place = createPlace(context);
  const { status, stderr } = await run(place, ['keygen', '--output', 'fleet']);
  assert.equal(status, 0, stderr);
  const object = join(place.directory, name);
  copyFileSync(made, object);
  return { ...place, object };
}

suite('signing', { concurrency: availableParallelism() }, () => {
  test('keygen makes a pair once, and warns of a key without a passphrase', async (context) => {
    const place = createPlace(context);
    const first = await run(place, ['keygen', '--output', 'fleet']);
    assert.deepEqual([first.status, first.stdout], [0, 'fleet.pub\n']);
    assert.match(first.stderr, /fleet\.key has no passphrase.*TRACEE_KEY_PASSWORD/);
    assert.match(
      first.stderr,
      /key [0-9a-f]{32}: sign with fleet\.key, give fleet\.pub to TRACEE_BPF_PUBKEY/,
    );
    const second = await run(place, ['keygen', '--output', 'fleet']);
    assert.deepEqual([second.status, second.stdout], [1, '']);
    assert.match(second.stderr, /fleet\.key is there already/);
  });

  test('with TRACEE_KEY_PASSWORD the key has a passphrase, and sign wants it', async (context) => {
    const place = createPlace(context);
    copyFileSync(made, join(place.directory, name));
    const env = { TRACEE_KEY_PASSWORD: 'open', COSIGN_PASSWORD: 'another' };
    const { stderr } = await run(place, ['keygen', '--output', 'fleet'], env);
    assert.doesNotMatch(stderr, /warning/);
    const without = await run(place, ['sign', name, '--key', 'fleet.key']);
    assert.equal(without.status, 3);
    assert.match(without.stderr, /fleet\.key needs a passphrase\n.*TRACEE_KEY_PASSWORD/);
    const signed = await run(place, ['sign', name, '--key', 'fleet.key'], env);
    assert.deepEqual([signed.status, signed.stdout], [0, `${name}.sig\n`]);
    assert.equal((await run(place, ['verify', name, '--key', 'fleet.pub'])).status, 0);
  });

  test("a key of cosign's is taken with COSIGN_PASSWORD", async (context) => {
    const place = createPlace(context);
    copyFileSync(made, join(place.directory, name));
    const env = { COSIGN_PASSWORD: cosignPassphrase };
    const { status, stderr } = await run(place, ['sign', name, '--key', cosignKey], env);
    assert.equal(status, 0, stderr);
    const key = cosignKey.replace(/key$/, 'pub');
    assert.equal((await run(place, ['verify', name, '--key', key])).status, 0);
  });

  test('a key that others can read is used with a warning', async (context) => {
    const place = await createSigningPlace(context);
    chmodSync(join(place.directory, 'fleet.key'), 0o644);
    const { status, stderr } = await run(place, ['sign', name, '--key', 'fleet.key']);
    assert.equal(status, 0);
    assert.match(stderr, /warning: private key fleet\.key has mode 0644.*chmod 600 fleet\.key/);
  });

  test('verify tells digest and signature, and with the key in the environment', async (context) => {
    const place = await createSigningPlace(context);
    const row = `good     ${name}: any kernel with BTF (x86_64), version 0.1.0, digest verified, `;
    assert.equal((await run(place, ['verify', name])).stdout, `${row}not signed\n`);
    await run(place, ['sign', name, '--key', 'fleet.key']);
    assert.equal((await run(place, ['verify', name])).stdout, `${row}signature not verified (no --key)\n`);
    const { status, stdout } = await run(place, ['verify', name], { TRACEE_BPF_PUBKEY: 'fleet.pub' });
    assert.deepEqual([status, stdout], [0, `${row}signature verified\n`]);
  });

  test('verify refuses a missing signature, a foreign key, a flipped bit, and what is not there', async (context) => {
    const place = await createSigningPlace(context);
    await run(place, ['keygen', '--output', 'stranger']);
    const verify = ['verify', '--key', 'fleet.pub', name];
    const missing = await run(place, verify);
    assert.equal(missing.status, 3);
    assert.match(missing.stdout, /^refused {2}.* has no signature/);
    await run(place, ['sign', name, '--key', 'stranger.key']);
    const foreign = await run(place, verify);
    assert.equal(foreign.status, 3);
    assert.match(foreign.stdout, /^refused {2}.* was not made for it by the key in fleet\.pub/);
    await run(place, ['sign', name, '--key', 'fleet.key']);
    const bytes = readFileSync(place.object);
    bytes[64] = (bytes[64] ?? 0) ^ 1;
    writeFileSync(place.object, bytes);
    const changed = await run(place, verify);
    assert.equal(changed.status, 3);
    assert.match(changed.stdout, /^refused {2}.* was changed after it was built/);
    rmSync(place.object);
    const absent = await run(place, verify);
    assert.equal(absent.status, 3);
    assert.match(absent.stdout, /^refused {2}.* cannot be read/);
  });

  test('verify of a directory judges every object in it, those of an architecture included', async (context) => {
    const place = await createSigningPlace(context);
    const store = join(place.directory, 'store');
    mkdirSync(join(store, 'x86_64'), { recursive: true });
    for (const path of [join(store, name), join(store, 'x86_64', name)]) cpSync(made, path);
    writeFiles(store, { 'README.txt': 'no object', [`.${name}.123456.tmp`]: 'half' });
    await run(place, ['sign', join(store, name), '--key', 'fleet.key']);
    const { status, stdout } = await run(place, ['verify', 'store', '--key', 'fleet.pub', '--json']);
    assert.equal(status, 3);
    const verdicts = JSON.parse(stdout) as {
      path: string;
      signature: string;
      problem: { code: string } | null;
    }[];
    assert.deepEqual(
      verdicts.map(({ path, signature, problem }) => [path, signature, problem?.code]),
      [
        [`store/${name}`, 'verified', undefined],
        [`store/x86_64/${name}`, 'absent', 'OBJECT_UNSIGNED'],
      ],
    );
    const empty = await run(place, ['verify', dirname(place.temporary), '--key', join(store, 'README.txt')]);
    assert.equal(empty.status, 3);
    assert.match(empty.stderr, /README\.txt has no PEM block/);
    assert.match((await run(place, ['verify', 'temporary'])).stderr, /temporary has no objects/);
  });

  test('sign refuses an object that is not as it was built, and leaves no signature', async (context) => {
    const place = await createSigningPlace(context);
    const bytes = readFileSync(place.object);
    bytes[64] = (bytes[64] ?? 0) ^ 1;
    writeFileSync(place.object, bytes);
    const { status, stdout, stderr } = await run(place, ['sign', name, '--key', 'fleet.key']);
    assert.deepEqual([status, stdout], [3, '']);
    assert.match(stderr, /was changed after it was built/);
  });

  test('sign without a key is bad usage', async (context) => {
    const { status, stderr } = await run(createPlace(context), ['sign', name]);
    assert.equal(status, 2);
    assert.match(stderr, /required option '--key <file>' not specified/);
  });

  test('ensure --sign-key signs what it publishes; a key that cannot be used ends it before anything is compiled', async (context) => {
    const place = await createSigningPlace(context);
    const ensure = ['ensure', '--portable', '--sources', smallSources, '--output', place.output];
    const { status, stdout, stderr } = await run(place, [...ensure, '--sign-key', 'fleet.key']);
    assert.equal(status, 0, stderr);
    assert.equal((await run(place, ['verify', stdout.trim(), '--key', 'fleet.pub'])).status, 0);
    assert.match((await run(place, [...ensure, '--sign-key', 'fleet.key'])).stderr, /reused/);
    const refused = await run(place, [...ensure, '--sign-key', 'fleet.pub']);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /fleet\.pub has no PEM block with a private key/);
    assert.doesNotMatch(refused.stderr, /clang/);
  });
});
