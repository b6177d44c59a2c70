import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { ReleaseError } from './notes.js';
import { productionPackages } from './packages.js';

/** What of the repository a release has, beside the packages. Everything lies where it does in a clone. */
const parts = [
  ...['runtime/dist', 'runtime/portable', 'runtime/selftest', 'runtime/package.json'],
  ...['builder/dist', 'builder/Dockerfile', 'builder/package.json', 'bpf'],
  ...['docs', 'README.md', 'CHANGELOG.md', 'LICENSE', 'ci/examples'],
];

const programs: Readonly<Record<string, string>> = {
  tracee: 'runtime/dist/cli/main.js',
  'tracee-ebpf': 'runtime/dist/cli/tracee-ebpf.js',
  'tracee-rules': 'runtime/dist/cli/tracee-rules.js',
  'tracee-builder': 'builder/dist/cli/entry.js',
};

/** Fills a directory with all that runtime and builder need to run, Node.js and libbpf left out. */
export async function fillStage(root: string, stage: string): Promise<void> {
  for (const part of [...parts, ...(await productionPackages(root))]) {
    const [from, to] = [join(root, part), join(stage, part)];
    await mkdir(dirname(to), { recursive: true });
    const filter = (path: string): boolean => isWanted(relative(from, path));
    await cp(from, to, { recursive: true, filter }).catch((cause: unknown) => {
      throw new ReleaseError(`${part} cannot be taken into the release: is everything built?`, { cause });
    });
  }
  await mustHold(join(stage, 'runtime/portable'), /^tracee\.bpf\.core\..*\.o$/, 'make bpf-portable');
  await mustHold(join(stage, 'runtime/selftest'), /^attacks$/, 'make selftest');
  await symlink('../runtime', join(stage, 'node_modules/tracee'));
  await mkdir(join(stage, 'bin'));
  for (const [name, script] of Object.entries(programs))
    await writeFile(join(stage, 'bin', name), launcher(name, script), { mode: 0o755 });
}

/** Packages inside of packages are named by themselves; what generates files of the repository is not for users. */
function isWanted(path: string): boolean {
  return !/(?:^|\/)node_modules(?:\/|$)|\.(?:map|tsbuildinfo)$|^(?:events|layout)\/generate[-.\w]*$/.test(
    path,
  );
}

async function mustHold(directory: string, wanted: RegExp, mend: string): Promise<void> {
  if (!(await readdir(directory)).some((name) => wanted.test(name)))
    throw new ReleaseError(`${directory} is not complete: ${mend}`);
}

/** Links to it may lie anywhere on PATH. */
function launcher(name: string, script: string): string {
  return `#!/bin/sh
if ! command -v node >/dev/null; then
	echo "${name}: Node.js 20.19 or newer is needed, and there is no node on PATH" >&2
	exit 1
fi
exec node "$(dirname "$(readlink -f "$0")")/../${script}" "$@"
`;
}
