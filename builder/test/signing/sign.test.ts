import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { verifySignature } from 'tracee/artifact';
import { build } from '../../src/build.js';
import { publish } from '../../src/store/publish.js';
import { readSigner } from '../../src/signing/private-key.js';
import { isSignedBy, signObject } from '../../src/signing/sign.js';
import { createJob } from '../fixtures/job.js';
import { createDirectory, errorOf } from '../fixtures/scratch.js';
import { buildSmallObject, writeKeys } from '../fixtures/signed.js';

const directory = createDirectory({ after });
const object = await buildSmallObject(directory);
const bytes = readFileSync(object);
const owner = readSigner(writeKeys(directory).keyFile, undefined);
const stranger = readSigner(writeKeys(directory, 'stranger').keyFile, undefined);

test('a signature is written beside its object, for all to read, and is one line that the key verifies', async () => {
  const path = await signObject(bytes, object, owner);
  assert.equal(path, `${object}.sig`);
  assert.equal(statSync(path).mode & 0o7777, 0o644);
  const text = readFileSync(path, 'latin1');
  assert.match(text, /^MEU?[A-Za-z0-9+/]+={0,2}$/);
  verifySignature(bytes, Buffer.from(text), object, owner.publicKeys);
  assert.ok(isSignedBy(owner, bytes, object));
  assert.ok(!isSignedBy(stranger, bytes, object));
});

test('an object that is not as it was built is not signed', async (context) => {
  const path = join(createDirectory(context), basename(object));
  const changed = Uint8Array.from(bytes);
  changed[64] = (changed[64] ?? 0) ^ 1;
  writeFileSync(path, changed);
  const error = await errorOf(() => signObject(changed, path, owner));
  assert.equal(error.code, 'OBJECT_INVALID');
  assert.match(error.message, /was changed after it was built/);
  assert.ok(!existsSync(`${path}.sig`));
});

test('a signature that cannot be written names the place, and no option that signing does not have', async (context) => {
  const path = join(createDirectory(context), basename(object));
  copyFileSync(object, path);
  mkdirSync(`${path}.sig`);
  const error = await errorOf(() => signObject(bytes, path, owner));
  assert.equal(error.code, 'PUBLISH_FAILED');
  assert.equal(
    error.hint,
    `The signature stands beside its object: ${dirname(path)} must be writable and have room`,
  );
});

test('an object and its signature are published together, and neither where the object cannot be', async (context) => {
  const place = createDirectory(context);
  await publish(Buffer.from('object'), place, 'a.o', Buffer.from('signature'));
  assert.deepEqual(readdirSync(place), ['a.o', 'a.o.sig']);
  assert.equal(readFileSync(join(place, 'a.o.sig'), 'utf8'), 'signature');
  mkdirSync(join(place, 'b.o'));
  await errorOf(() => publish(Buffer.from('object'), place, 'b.o', Buffer.from('signature')));
  assert.deepEqual(readdirSync(place), ['a.o', 'a.o.sig', 'b.o']);
});

test('with a key only what that key has signed is reused', async (context) => {
  const root = createDirectory(context);
  const { workDirectory: _, ...job } = createJob(root);
  const request = { ...job, version: '0.1.0', output: join(root, 'out'), mayReuse: true };
  const unsigned = await build(request);
  assert.ok(!existsSync(`${unsigned.path}.sig`));

  const signed = await build({ ...request, signer: owner });
  assert.equal(signed.isReused, false, 'an object that nobody has signed would be vouched for');
  assert.equal(signed.manifest.digest, unsigned.manifest.digest);
  assert.ok(isSignedBy(owner, readFileSync(signed.path), signed.path));

  assert.equal((await build({ ...request, signer: owner })).isReused, true);
  assert.equal((await build({ ...request, signer: stranger })).isReused, false);
  assert.ok(isSignedBy(stranger, readFileSync(signed.path), signed.path));
  assert.deepEqual(readdirSync(request.output), [basename(signed.path), `${basename(signed.path)}.sig`]);
});
