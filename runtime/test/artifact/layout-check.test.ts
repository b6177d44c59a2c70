import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { readBtf } from '../../src/artifact/btf/types.js';
import { checkLayout } from '../../src/artifact/layout-check.js';
import { readLayout } from '../../src/artifact/layout.js';
import { locateObject, type LocateOptions } from '../../src/artifact/locate.js';
import type { LayoutMember, Manifest } from '../../src/artifact/manifest.js';
import { objectName, portableObjectName } from '../../src/artifact/name.js';
import { kernelBtfPath } from '../../src/libbpf/index.js';
import {
  compileObject,
  createDirectory,
  installedManifest,
  portableManifest,
  sealObject,
  wanted,
} from './object-fixture.js';

const object = compileObject();
const name = objectName(wanted.kernelRelease, wanted.version);
const kernelBtf = readFileSync(kernelBtfPath);
const layout = readLayout(readBtf(kernelBtf, kernelBtfPath), [
  { struct: 'task_struct', member: 'real_parent' },
  { struct: 'task_struct', member: 'comm' },
  { struct: 'upid', member: null },
]);
const parent = layout.find(({ member }) => member === 'real_parent')?.offset ?? 0;

const right: Manifest = { ...installedManifest, types: 'headers', layout };
const wrong: Manifest = { ...right, layout: layout.map(movedParent) };
const refusal = new RegExp(
  `was made for another build of kernel ${wanted.kernelRelease}: ` +
    `task_struct\\.real_parent is at ${parent + 8} in the object, but at ${parent} in this kernel$`,
);

function movedParent(member: LayoutMember): LayoutMember {
  return member.member === 'real_parent' ? { ...member, offset: member.offset + 8 } : member;
}

function createStore(context: TestContext, manifest: Manifest): LocateOptions & { path: string } {
  const root = createDirectory(context);
  const installPath = join(root, 'installed');
  const portable = join(root, 'portable');
  for (const directory of [installPath, portable]) mkdirSync(directory, { mode: 0o700 });
  const path = join(installPath, name);
  writeFileSync(path, sealObject(object, manifest), { mode: 0o600 });
  const portablePath = join(portable, portableObjectName(wanted.version));
  writeFileSync(portablePath, sealObject(object, portableManifest), { mode: 0o600 });
  return { ...wanted, installPath, portableDirs: [portable], path };
}

test('three members of the running kernel are there to be compared', () => {
  assert.equal(layout.length, 3);
  assert.ok(parent > 0);
});

test("an object with the running kernel's layout is used", (context) => {
  const stores = createStore(context, right);
  const found = locateObject(stores);
  assert.equal(found.path, stores.path);
  assert.deepEqual(found.warnings, []);
});

test('an installed object with a member at another offset is one warning, and the search goes on', (context) => {
  const found = locateObject(createStore(context, wrong));
  assert.equal(found.kind, 'portable');
  assert.deepEqual(
    found.warnings.map(({ code }) => code),
    ['OBJECT_LAYOUT'],
  );
  assert.match(found.warnings[0]?.message ?? '', refusal);
});

test('an explicit object with a member at another offset is refused with the mend', (context) => {
  const { path, ...stores } = createStore(context, wrong);
  assert.throws(() => locateObject({ ...stores, bpfFile: path }), {
    code: 'OBJECT_LAYOUT',
    status: 3,
    message: refusal,
    hint: /^Rebuild it with the headers of this very build \(apt-get install linux-headers-6\.1\.0-56-amd64\): make bpf$/,
  });
});

test('a member that the kernel does not have is refused', () => {
  const manifest = { ...right, layout: [{ struct: 'task_struct', member: 'foo', offset: 8, size: 8 }] };
  assert.throws(() => checkLayout(manifest, kernelBtf, '/o.o'), {
    code: 'OBJECT_LAYOUT',
    message: /: task_struct\.foo is not in this kernel$/,
  });
});

test('BTF that cannot be read refuses the object and says that they could not be compared', () => {
  assert.throws(() => checkLayout(right, kernelBtf.subarray(0, 1000), '/o.o'), {
    code: 'OBJECT_LAYOUT',
    message: /^\/o\.o cannot be compared with this kernel: the kernel's BTF is truncated/,
  });
});

test("the kernel's BTF is not read for a portable object, nor where the kernel has none", (context) => {
  const readKernelBtf = (): Uint8Array => assert.fail('it was read');
  const stores = { ...createStore(context, wrong), readKernelBtf };
  const absent = join(stores.installPath, 'none');
  assert.equal(locateObject({ ...stores, installPath: absent }).kind, 'portable');
  assert.equal(locateObject({ ...stores, kernelHasBtf: false }).kind, 'installed');
});

test('a manifest whose layout is no list of members is refused with the field', () => {
  const cases: [unknown, RegExp][] = [
    [[{ struct: 'a b', member: 'c', offset: 0, size: 4 }], /layout\.0\.struct/],
    [[{ struct: 'a', member: 'b..c', offset: 0, size: 4 }], /layout\.0\.member/],
    [[{ struct: 'a', member: 'b', offset: -1, size: 4 }], /layout\.0\.offset/],
    [undefined, /layout: /],
  ];
  for (const [bad, message] of cases) {
    const manifest = { ...right, layout: bad } as unknown as Manifest;
    assert.throws(() => sealObject(object, manifest), { code: 'OBJECT_INVALID', message });
  }
});
