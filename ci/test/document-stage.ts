import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quote } from '../vm/dist/image.js';
import type { FetchedKernel } from '../vm/dist/fetch.js';
import { blocksOf, type Block } from './document-blocks.js';
import { readText, root } from './repository.js';

/**
 * The machine that the documents speak of: a clone in /srv/tracee, headers of another kernel in /usr/src, a program,
 * rules. All of it is in a mount namespace over copies that are thrown away: the machine itself is left as it is.
 */

/** Where the clone is on that machine; commands start in it. */
const clone = '/srv/tracee';

/** The release that documents have as their example; it stands for the kernel that the tests have. */
const exampleRelease = '6.1.0-56-amd64';

export interface BlockOutcome {
  readonly where: string;
  readonly status: number | null;
  /** Both streams, each command before what it printed. */
  readonly output: string;
}

export interface StageSettings {
  readonly kernel: FetchedKernel;
  readonly cacheDir: string;
  /** Added to the environment of the commands. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Runs blocks of one page one after the other in one stage. Needs root. Stops at the first that fails. */
export function runOnStage(blocks: readonly Block[], settings: StageSettings): BlockOutcome[] {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-documents-'));
  try {
    prepare(directory, settings);
    for (const [index, { text }] of blocks.entries())
      writeFileSync(
        join(directory, `files/block-${index}.sh`),
        replaceExample(text, settings.kernel.release),
      );
    const { stdout, stderr } = spawnSync(
      'unshare',
      [
        ...[
          '--mount',
          '--propagation',
          'private',
          '/bin/sh',
          join(directory, 'stage.sh'),
          `${blocks.length}`,
        ],
        // An engine's socket lies in /tmp, of which the stage has one of its own.
        /^unix:\/\/(\/tmp\/.+)\/[^/]+$/.exec(settings.environment?.['DOCKER_HOST'] ?? '')?.[1] ?? '',
      ],
      {
        encoding: 'utf8',
        timeout: settings.timeoutMs,
        env: {
          PATH: `/srv/bin:${process.env['PATH'] ?? ''}`,
          HOME: '/srv/home',
          LANG: 'C.UTF-8',
          TRACEE_CACHE_DIR: settings.cacheDir,
          ...settings.environment,
        },
      },
    );
    const parts = stdout.split(/^=== (\d+) ended with (\d+)\n/m);
    const outcomes: BlockOutcome[] = [];
    for (let at = 0; at + 2 < parts.length; at += 3)
      outcomes.push({
        where: blocks[Number(parts[at + 1])]?.where ?? '',
        status: Number(parts[at + 2]),
        output: parts[at] ?? '',
      });
    const rest = parts.at(-1) ?? '';
    if (outcomes.length < blocks.length && outcomes.every(({ status }) => status === 0))
      outcomes.push({
        where: blocks[outcomes.length]?.where ?? '',
        status: null,
        output: `${rest}${stderr}`,
      });
    return outcomes;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Text with the kernel of the tests in place of the documents' example, in releases and in names of objects. */
export function replaceExample(text: string, release: string): string {
  const encode = (name: string): string => name.replaceAll('.', '_');
  return text.replaceAll(exampleRelease, release).replaceAll(encode(exampleRelease), encode(release));
}

/** Files that documents take for granted: a program that attacks, and the first rule of docs/rules.md. */
export function putFixtures(directory: string): void {
  cpSync(join(root, 'dist/attacks/ad-traceme'), join(directory, 'program'));
  mkdirSync(join(directory, 'rules'), { recursive: true });
  writeFileSync(join(directory, 'rules/web.yaml'), firstRule(), { mode: 0o644 });
}

function firstRule(): string {
  const text = blocksOf({ path: 'docs/rules.md', text: readText('docs/rules.md') }).find(
    (block) => block.language === 'yaml',
  )?.text;
  if (text?.startsWith('id: ') !== true) throw new Error('docs/rules.md does not begin with a rule');
  return text;
}

function prepare(directory: string, { kernel }: StageSettings): void {
  const files = join(directory, 'files');
  for (const name of ['bin', 'home', 'clone']) mkdirSync(join(files, name), { recursive: true });
  mkdirSync(join(directory, 'scratch'));
  putFixtures(join(files, 'clone'));
  cpSync(kernel.vmlinuz, join(files, 'clone/vmlinuz-6.1'));
  const programs: [string, string][] = [
    ['tracee', `exec node ${clone}/runtime/dist/cli/main.js "$@"`],
    ['tracee-ebpf', `exec node ${clone}/runtime/dist/cli/tracee-ebpf.js "$@"`],
    ['tracee-rules', `exec node ${clone}/runtime/dist/cli/tracee-rules.js "$@"`],
    ['tracee-builder', `exec node ${clone}/builder/dist/cli/entry.js "$@"`],
    ['sudo', 'exec env "$@"'],
  ];
  for (const [name, line] of programs) {
    writeFileSync(join(files, 'bin', name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(files, 'bin', name), 0o755);
  }
  writeFileSync(join(directory, 'stage.sh'), stageScript(directory, kernel));
}

/**
 * Sets the stage and runs the blocks. Each layer lies over the machine's own directory, and what is written goes to a
 * tmpfs that ends with the namespace.
 */
function stageScript(directory: string, kernel: FetchedKernel): string {
  const scratch = join(directory, 'scratch');
  const overlay = (lower: string, name: string, target: string): string =>
    `mkdir -p ${scratch}/${name}.upper ${scratch}/${name}.work
mount -t overlay overlay -o lowerdir=${lower},upperdir=${scratch}/${name}.upper,workdir=${scratch}/${name}.work ${target}`;
  return `set -eu
mount -t tmpfs tmpfs ${quote(scratch)}
${['etc', 'opt', 'usr/local'].map((name) => overlay(`/${name}`, name.replace('/', '-'), `/${name}`)).join('\n')}
${overlay(`${kernel.headersRoot}/usr/src:/usr/src`, 'src', '/usr/src')}
${overlay(`${kernel.headersRoot}/boot:/boot`, 'boot', '/boot')}
mount -t tmpfs tmpfs /srv
cp -a ${quote(join(directory, 'files'))}/. /srv/
mkdir ${clone}
${overlay(`${directory}/files/clone:${root}`, 'clone', clone)}
mkdir -p /etc/tracee
cp -r ${clone}/rules /etc/tracee/rules
cd ${clone}
mkdir /srv/engine
[ -z "$2" ] || mount --bind "$2" /srv/engine
mount -t tmpfs tmpfs /tmp
[ -z "$2" ] || { mkdir -p "$2" && mount --bind /srv/engine "$2"; }
number=0
while [ $number -lt $1 ]; do
	status=0
	sh -eux /srv/block-$number.sh 2>&1 </dev/null || status=$?
	echo
	echo "=== $number ended with $status"
	[ $status = 0 ] || exit 0
	number=$((number + 1))
done
`;
}
