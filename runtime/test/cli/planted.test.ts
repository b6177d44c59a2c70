import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { objectName } from '../../src/artifact/index.js';
import type { Finding, Section } from '../../src/doctor/finding.js';

/*
 * A directory such as /tmp/tracee, made before Tracee came, with an object planted in it. Whatever is done, the search
 * of the runtime does not take it. Needs root, to act for another user.
 */

const script = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const nobody = 65534;
const name = objectName(release(), '0.1.0');

interface Place {
  /** In a sticky directory that everybody can write to, as /tmp is. */
  readonly install: string;
  readonly object: string;
  /** Of another user, beside it. */
  readonly strangers: string;
}

const plantings: readonly [
  what: string,
  reason: RegExp,
  plant: (place: Place) => void,
  inNamespace?: string,
][] = [
  ['a directory of another user', /owned by uid 65534/, ({ install }) => chownSync(install, nobody, nobody)],
  ['a directory that everybody can write to', /mode 0777/, ({ install }) => chmodSync(install, 0o777)],
  [
    'a link of another user in place of the directory',
    /symbolic link .* owned by uid 65534/,
    ({ install, strangers }) => {
      rmSync(install, { recursive: true });
      symlinkSync(strangers, install);
      lchownSync(install, nobody, nobody);
    },
  ],
  ['an object of another user', /owned by uid 65534/, ({ object }) => chownSync(object, nobody, nobody)],
  ['an object that others can write', /mode 0666/, ({ object }) => chmodSync(object, 0o666)],
  [
    'a link in place of the object',
    /is a symbolic link/,
    ({ object, strangers }) => {
      rmSync(object);
      symlinkSync(join(strangers, name), object);
    },
  ],
  [
    'a hard link to an object of another user',
    /owned by uid 65534/,
    ({ object, strangers }) => {
      rmSync(object);
      linkSync(join(strangers, name), object);
    },
  ],
  [
    "a hard link to a file of root's that is no object",
    /is not an ELF|no BPF object|cannot be/,
    ({ object, install }) => {
      rmSync(object);
      writeFileSync(join(install, 'another'), 'text of root', { mode: 0o644 });
      linkSync(join(install, 'another'), object);
    },
  ],
  [
    'a FIFO in place of the object',
    /is a FIFO/,
    ({ object }) => {
      rmSync(object);
      execFileSync('mkfifo', [object]);
    },
  ],
  [
    'a directory of another user that is mounted over it',
    /owned by uid 65534/,
    () => undefined,
    'mount --bind "$STRANGERS" "$INSTALL"',
  ],
  [
    'an object of another user that is mounted over it',
    /owned by uid 65534/,
    () => undefined,
    'mount --bind "$STRANGERS/$NAME" "$INSTALL/$NAME"',
  ],
];

function makePlace(context: TestContext): Place {
  const sticky = mkdtempSync(join(tmpdir(), 'tracee-planted-'));
  context.after(() => rmSync(sticky, { recursive: true }));
  chmodSync(sticky, 0o1777);
  const [install, strangers] = [join(sticky, 'tracee'), join(sticky, 'strangers')];
  for (const directory of [install, strangers]) {
    mkdirSync(directory, { mode: 0o755 });
    writeFileSync(join(directory, name), 'planted', { mode: 0o644 });
  }
  for (const path of [join(strangers, name), strangers]) chownSync(path, nobody, nobody);
  return { install, object: join(install, name), strangers };
}

for (const [what, reason, plant, inNamespace = 'true'] of plantings) {
  test(`${what} is refused, and the reason said`, { timeout: 60_000 }, (context) => {
    const place = makePlace(context);
    plant(place);
    const words = [
      process.execPath,
      script,
      'doctor',
      '--json',
      '--no-portable',
      '--install-path',
      place.install,
    ];
    // A mount namespace of its own: nothing of the host is mounted over.
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', '/bin/sh', '-c', `set -e; ${inNamespace}; exec "$@"`, 'sh', ...words],
      {
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          VERSION: '0.1.0',
          INSTALL: place.install,
          STRANGERS: place.strangers,
          NAME: name,
        },
      },
    );
    const { sections } = JSON.parse(stdout) as { sections: Section[] };
    const object = sections
      .flatMap(({ findings }): readonly Finding[] => findings)
      .find(({ id }) => id === 'object');
    assert.equal(object?.status, 'fail', stdout + stderr);
    assert.match(object.found, reason);
    assert.ok(object.found.includes(name), object.found);
  });
}
