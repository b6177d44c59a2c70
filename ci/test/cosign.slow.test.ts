import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { builder, run, tracee, type Outcome } from '../../test/e2e/harness.js';
import { fetchDebianPackage } from './debian-program.js';
import { root } from './repository.js';

/* Our signatures and keys against those of the real cosign, at the builder and at load. Needs root and BTF. */

const cosign = join(await fetchDebianPackage('cosign', 'trixie'), 'usr/bin/cosign');
const directory = mkdtempSync(join(tmpdir(), 'tracee-cosign-'));
after(() => {
  rmSync(directory, { recursive: true, force: true });
});

const portable = join(root, 'runtime/portable');
const portableName = readdirSync(portable).find((name) => name.endsWith('.o')) ?? '';
const passphrase = 'a passphrase';

function runCosign(...args: string[]): Outcome {
  // A home of its own, so that nothing of the caller's is read or left.
  const env = { PATH: process.env['PATH'], HOME: directory, COSIGN_PASSWORD: passphrase };
  const { status, stdout, stderr } = spawnSync(cosign, args, { encoding: 'utf8', cwd: directory, env });
  return { status, stdout, stderr };
}

function runBuilder(args: string[], env: NodeJS.ProcessEnv = { COSIGN_PASSWORD: passphrase }): Outcome {
  return run(builder, args, { env });
}

function done(outcome: Outcome): void {
  assert.equal(outcome.status, 0, outcome.stdout + outcome.stderr);
}

/** Key pairs of either side: `<path>.key` with the passphrase, `<path>.pub`. */
const pairs = { cosign: join(directory, 'by-cosign'), builder: join(directory, 'by-builder') } as const;
type Side = keyof typeof pairs;
const sides = Object.keys(pairs) as Side[];

done(runCosign('generate-key-pair', '--output-key-prefix', basename(pairs.cosign)));
done(runBuilder(['keygen', '--output', pairs.builder]));

/** A copy of the portable object in a directory of its own. */
function copyObject(): string {
  const path = join(mkdtempSync(join(directory, 'object-')), portableName);
  copyFileSync(join(portable, portableName), path);
  return path;
}

const sign: Record<Side, (object: string, pair: string) => Outcome> = {
  cosign: (object, pair) =>
    runCosign(
      ...['sign-blob', '--key', `${pair}.key`, '--tlog-upload=false', '--yes'],
      ...['--output-signature', `${object}.sig`, object],
    ),
  builder: (object, pair) => runBuilder(['sign', object, '--key', `${pair}.key`]),
};

function signed(signer: Side, keys: Side): string {
  const object = copyObject();
  done(sign[signer](object, pairs[keys]));
  return object;
}

/** What cosign, the builder and the runtime say of an object and a key. */
function verdicts(object: string, pair: string): Record<'cosign' | 'builder' | 'runtime', Outcome> {
  const key = `${pair}.pub`;
  return {
    cosign: runCosign(
      ...['verify-blob', '--key', key, '--signature', `${object}.sig`, '--insecure-ignore-tlog=true', object],
    ),
    builder: runBuilder(['verify', object, '--key', key]),
    runtime: load(object, key),
  };
}

function load(object: string, key: string): Outcome {
  return run(tracee, ['--', '/bin/true'], { env: { TRACEE_BPF_FILE: object, TRACEE_BPF_PUBKEY: key } });
}

for (const signer of sides) {
  for (const keys of sides) {
    test(`what ${signer} signs with a key that ${keys} made is good for cosign, verify and the runtime`, () => {
      const { cosign: theirs, builder: ours, runtime } = verdicts(signed(signer, keys), pairs[keys]);
      assert.match(theirs.stderr, /Verified OK/);
      assert.match(ours.stdout, /^good .*signature verified\n$/);
      for (const outcome of [theirs, ours, runtime]) done(outcome);
    });
  }
}

const spoilers: [what: string, spoil: (object: string) => void, pair: Side, message: RegExp][] = [
  [
    'a flipped bit',
    (object) => {
      const bytes = readFileSync(object);
      bytes[4096] = (bytes[4096] ?? 0) ^ 1;
      writeFileSync(object, bytes);
    },
    'cosign',
    /was changed after it was built/,
  ],
  [
    'no signature',
    (object) => {
      rmSync(`${object}.sig`);
    },
    'cosign',
    /has no signature: \S+\.sig is not there/,
  ],
  ['the signature of another key', () => undefined, 'builder', /was not made for it by the key in \S+\.pub/],
];
for (const [what, spoil, pair, message] of spoilers) {
  for (const signer of sides) {
    test(`an object signed by ${signer} with ${what} is refused by cosign, verify and the runtime`, () => {
      const object = signed(signer, 'cosign');
      spoil(object);
      const { cosign: theirs, builder: ours, runtime } = verdicts(object, pairs[pair]);
      assert.notEqual(theirs.status, 0);
      assert.equal(ours.status, 3);
      assert.match(ours.stdout, message);
      assert.equal(runtime.status, 3);
      assert.match(runtime.stderr, message);
      assert.match(runtime.stderr, /\n {2}\w.*(?:sign|signature|signed)/, 'a mend');
    });
  }
}

test("cosign's public-key prints the public half of a key that we made", () => {
  const { status, stdout } = runCosign('public-key', '--key', `${pairs.builder}.key`);
  assert.equal(status, 0);
  assert.equal(stdout.trim(), readFileSync(`${pairs.builder}.pub`, 'utf8').trim());
});

test('a plain key is imported by cosign, or refused as cosign of Debian 13 refuses every ECDSA key', () => {
  const plain = join(directory, 'plain');
  done(runBuilder(['keygen', '--output', plain], { COSIGN_PASSWORD: '' }));
  const openssl = join(directory, 'openssl.key');
  const made = spawnSync('openssl', [
    'genpkey',
    '-algorithm',
    'EC',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-out',
    openssl,
  ]);
  assert.equal(made.status, 0);
  const theirs = runCosign('import-key-pair', '--key', openssl, '--output-key-prefix', 'openssl-imported');
  const ours = runCosign('import-key-pair', '--key', `${plain}.key`, '--output-key-prefix', 'imported');
  assert.deepEqual([ours.status, ours.stderr], [theirs.status, theirs.stderr.replaceAll('openssl-', '')]);
  if (ours.status !== 0) {
    assert.match(ours.stderr, /error validating ecdsa key: unsupported public key type/);
    return;
  }
  const object = copyObject();
  done(sign.cosign(object, join(directory, 'imported')));
  done(runBuilder(['verify', object, '--key', `${plain}.pub`]));
});

test('where no object is signed, the search ends with 3 and lists each with its reason', () => {
  const store = mkdtempSync(join(directory, 'store-'));
  const { stdout, status, stderr } = runBuilder(['build', '--btf', '--output', store]);
  assert.equal(status, 0, stderr);
  const key = `${pairs.builder}.pub`;
  const search = (): Outcome =>
    run(tracee, ['--install-path', store, '--', '/bin/true'], { env: { TRACEE_BPF_PUBKEY: key } });
  const refused = search();
  assert.equal(refused.status, 3);
  assert.equal(refused.stderr.match(/: refused: \S+ has no signature/g)?.length, 2, refused.stderr);

  done(sign.cosign(stdout.trim(), pairs.builder));
  const found = search();
  done(found);
  assert.ok(found.stderr.includes(`with ${stdout.trim()};`), found.stderr);
});

test('what ensure --sign-key publishes is good for all three', () => {
  const output = join(directory, 'published');
  mkdirSync(output);
  const { stdout, status, stderr } = runBuilder([
    ...['ensure', '--portable', '--output', output, '--sign-key', `${pairs.cosign}.key`],
  ]);
  assert.equal(status, 0, stderr);
  for (const outcome of Object.values(verdicts(stdout.trim(), pairs.cosign))) done(outcome);
});
