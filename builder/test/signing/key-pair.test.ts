import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parsePublicKeys } from 'tracee/artifact';
import { writeKeyPair } from '../../src/signing/key-pair.js';
import { readSigner } from '../../src/signing/private-key.js';
import { createDirectory, errorOf } from '../fixtures/scratch.js';

function setUmask(context: TestContext, mask: number): void {
  const own = process.umask(mask);
  context.after(() => process.umask(own));
}

for (const [passphrase, label] of [
  [undefined, 'PRIVATE KEY'],
  ['open', 'ENCRYPTED SIGSTORE PRIVATE KEY'],
] as const) {
  test(`a pair ${passphrase === undefined ? 'without' : 'with'} a passphrase is for its owner and for all, whatever the umask`, async (context) => {
    setUmask(context, passphrase === undefined ? 0o000 : 0o077);
    const directory = createDirectory(context);
    const { privatePath, publicPath } = await writeKeyPair(join(directory, 'fleet'), passphrase);
    assert.deepEqual(readdirSync(directory), ['fleet.key', 'fleet.pub']);
    assert.equal(statSync(privatePath).mode & 0o7777, 0o600);
    assert.equal(statSync(publicPath).mode & 0o7777, 0o644);
    assert.ok(readFileSync(privatePath, 'latin1').startsWith(`-----BEGIN ${label}-----\n`));
    const [ownPublic] = readSigner(privatePath, passphrase).publicKeys.keys;
    const [written] = parsePublicKeys(readFileSync(publicPath, 'latin1'), publicPath).keys;
    assert.ok(ownPublic !== undefined && written?.equals(ownPublic));
  });
}

for (const name of ['fleet.key', 'fleet.pub']) {
  test(`a pair of which ${name} is there already is not made`, async (context) => {
    const directory = createDirectory(context);
    writeFileSync(join(directory, name), 'precious');
    const error = await errorOf(() => writeKeyPair(join(directory, 'fleet'), undefined));
    assert.equal(error.code, 'PUBLISH_FAILED');
    assert.match(error.message, new RegExp(`${name} is there already, and keys are never replaced$`));
    assert.deepEqual(readdirSync(directory), [name]);
    assert.equal(readFileSync(join(directory, name), 'utf8'), 'precious');
  });
}

test('a place that is not there is named, and nothing is made', async (context) => {
  const directory = createDirectory(context);
  const error = await errorOf(() => writeKeyPair(join(directory, 'none/fleet'), undefined));
  assert.match(error.message, /none\/fleet\.key cannot be written: ENOENT/);
  assert.ok(!existsSync(join(directory, 'none')));
});
