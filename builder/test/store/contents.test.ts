import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readStore } from '../../src/store/contents.js';
import { createDirectory, errorOf, writeFiles } from '../fixtures/scratch.js';
import { other, own, putObject } from './stored.js';

test('objects of all architectures are found, and nothing else', (context) => {
  const store = createDirectory(context);
  const paths = [
    putObject(store, { arch: own }),
    putObject(store, { arch: other, place: join(other, 'tracee.bpf.6_1_0-50-cloud-amd64.0_1_0.o') }),
    putObject(store, { release: null }),
  ];
  writeFiles(store, {
    'tracee.bpf.6_1_0-50-cloud-amd64.0_1_0.o.sig': 'signature',
    '.tracee.bpf.x.o.0123456789ab.tmp': 'part',
    'notes.txt': 'notes',
    'deeper/tracee.bpf.x.o': 'elsewhere',
  });
  const entries = readStore(store);
  assert.deepEqual(entries.map(({ path }) => path).toSorted(), paths.toSorted());
  for (const { refusal, manifest } of entries) {
    assert.equal(refusal, undefined);
    assert.equal(manifest?.version, '0.1.0');
  }
  assert.deepEqual(
    entries.filter(({ hasSignature }) => hasSignature).map(({ path }) => path),
    [paths[0]],
  );
  assert.deepEqual(
    entries.map(({ apart }) => apart).filter((arch) => arch !== undefined),
    [other],
  );
});

/** How each is spoilt, and what is said of it. */
const refused: readonly [what: string, reason: RegExp, spoil: (path: string, store: string) => void][] = [
  [
    'cut short',
    /is not|truncated|ends|beyond/,
    (path) => writeFileSync(path, readFileSync(path).subarray(0, 100)),
  ],
  ['of other text', /is not an ELF file/, (path) => writeFileSync(path, 'text')],
  [
    'with a changed byte',
    /was changed after it was built/,
    (path) => {
      const bytes = readFileSync(path);
      const at = bytes.indexOf('"mcpu":"v2"') + 9;
      bytes.write('3', at);
      writeFileSync(path, bytes);
    },
  ],
  ['writable by others', /has mode 0666/, (path) => chmodSync(path, 0o666)],
  [
    'that is a link',
    /cannot be read: ELOOP/,
    (path, store) => {
      execFileSync('mv', [path, join(store, 'target')]);
      symlinkSync('target', path);
    },
  ],
  [
    'that is a FIFO',
    /no regular file/,
    (path) => {
      execFileSync('rm', [path]);
      execFileSync('mkfifo', [path]);
    },
  ],
  [
    'under another name',
    /its manifest is that of tracee\.bpf\.6_1_0-50-cloud-amd64\.0_1_0\.o/,
    (path, store) => execFileSync('mv', [path, join(store, 'tracee.bpf.5_10_0.0_1_0.o')]),
  ],
  [
    'among those of another architecture',
    new RegExp(`is for ${own}, but lies among those for ${other}`),
    (path, store) => {
      mkdirSync(join(store, other));
      execFileSync('mv', [path, join(store, other)]);
    },
  ],
];
for (const [what, reason, spoil] of refused) {
  test(`an object ${what} is listed as refused, with the reason`, (context) => {
    const store = createDirectory(context);
    spoil(putObject(store), store);
    const [entry, second] = readStore(store);
    assert.match(entry?.refusal ?? 'not refused', reason);
    assert.equal(second, undefined);
  });
}

test('a link in the place of an architecture’s directory is not followed', (context) => {
  const store = createDirectory(context);
  putObject(store, { place: 'elsewhere/tracee.bpf.6_1_0-50-cloud-amd64.0_1_0.o' });
  symlinkSync('elsewhere', join(store, own));
  assert.deepEqual(readStore(store), []);
});

test('a store that is not there is an error with its name', async (context) => {
  const store = join(createDirectory(context), 'absent');
  const error = await errorOf(() => readStore(store));
  assert.equal(error.code, 'STORE_FAILED');
  assert.equal(error.message, `${store} cannot be read: ENOENT`);
});
