import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createPlace, type Outcome, type Place, run, runAs, runMounted } from './cli/program.js';
import { smallSources } from './fixtures/bpf.js';
import {
  buildHalf,
  debian,
  release,
  sourceHalf,
  writeDebianHalves,
  writeWholeTree,
} from './fixtures/header-tree.js';
import { toolchain, writeBtf } from './fixtures/job.js';
import { link, writeFiles } from './fixtures/scratch.js';
import { writeScript, writeTool } from './fixtures/tools.js';

/*
 * What can be wrong with what a build is given. Each ends with a message that names what was met, a line that
 * says what to do, the right status, and nothing left behind. More of it, not repeated here: signals, read-only
 * and full disks in cli/main.test.ts, objects in build.test.ts, publishing in publish.test.ts.
 */

/** How the program is run on what was broken. */
interface Attempt {
  /** After `build --sources … --output out`, or a whole command. */
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Mounts, in a mount namespace. */
  setup?: string;
  /** As this user, without capabilities. */
  uid?: number;
}

interface Case {
  what: string;
  breakIt: (place: Place) => Attempt;
  status: number;
  says: RegExp;
  /** Of the line that says what to do. */
  mend: RegExp;
}

const build = ['build', '--sources', smallSources, '--output', 'out'];
const forKernel = ['--kernel', release, '--arch', 'x86_64', '--headers', 'linux'];
const portable = { args: [...build, '--portable'] };
const withHeaders = { args: [...build, ...forKernel] };
const nobody = 65_534;

/** A header tree in `linux`, and what spoils it. */
function tree(spoil: (linux: string, place: Place) => Partial<Attempt> | void): Case['breakIt'] {
  return (place) => {
    const linux = writeWholeTree(join(place.directory, 'linux'));
    return { ...withHeaders, ...spoil(linux, place) };
  };
}

/** A clang that tells a version like the real one, and then does what these lines say. */
function clang(...lines: string[]): Case['breakIt'] {
  return (place) => {
    const version = `[ "$1" = --version ] && exec ${toolchain.clang.path} --version`;
    return {
      ...portable,
      env: { CLANG: writeScript(join(place.directory, 'tools/clang'), version, ...lines) },
    };
  };
}

function btf(spoil: (path: string) => void): Case['breakIt'] {
  return ({ directory }) => {
    const path = writeBtf(directory);
    spoil(path);
    return { args: [...build, '--kernel', release, '--arch', 'x86_64', '--btf', path] };
  };
}

function object(spoil: (path: string) => void, command = 'inspect'): Case['breakIt'] {
  return ({ directory, env }) => {
    const options = { cwd: directory, env, stdio: 'pipe' as const };
    const script = new URL('../dist/cli/main.js', import.meta.url).pathname;
    const made = execFileSync(process.execPath, [script, ...portable.args], options)
      .toString()
      .trim();
    const path = join(directory, 'object.o');
    copyFileSync(join(directory, made), path);
    spoil(path);
    return { args: [command, path] };
  };
}

const remove =
  (name: string) =>
  (linux: string): void =>
    rmSync(join(linux, name));
const write =
  (name: string, contents: string | Uint8Array) =>
  (linux: string): void =>
    writeFileSync(join(linux, name), contents);
const garbage = Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 73) & 0xff));

const cases: readonly Case[] = [
  ...(['include/generated/utsrelease.h', 'include/generated/autoconf.h'] as const).map((name) => ({
    ...{ what: `a header tree without ${name}`, breakIt: tree(remove(name)), status: 6 },
    ...{ says: new RegExp(`linux has no ${name}`), mend: /whole linux-headers package/ },
  })),
  {
    what: 'a header tree without kconfig.h',
    breakIt: tree(remove('include/linux/kconfig.h')),
    status: 6,
    says: /linux has generated headers only, and its source half .* was not found/,
    mend: /KERN_HEADERS=<build>:<source>/,
  },
  ...(['include/linux/types.h', 'arch/x86/include/asm/counter.h'] as const).map((name) => ({
    ...{ what: `a header tree without ${name}`, breakIt: tree(remove(name)), status: 6 },
    ...{
      says: /\(the header tree is not complete\):\n.*file not found/,
      mend: /whole linux-headers package/,
    },
  })),
  {
    what: 'the build half of a split tree without the other',
    breakIt: ({ directory }) => {
      const { build: half } = writeDebianHalves(directory);
      rmSync(join(directory, debian.source), { recursive: true });
      return { ...withHeaders, args: [...withHeaders.args, '--headers', half] };
    },
    status: 6,
    says: /generated headers only, and its source half .* was not found/,
    mend: /KERN_HEADERS=<build>:<source>/,
  },
  {
    what: 'the source half of a split tree without the other',
    breakIt: ({ directory }) => {
      const { source } = writeDebianHalves(directory);
      rmSync(join(directory, debian.build), { recursive: true });
      return { args: [...withHeaders.args, '--headers', source] };
    },
    status: 6,
    says: /source headers only, and its build half .* was not found/,
    mend: /KERN_HEADERS=<build>:<source>/,
  },
  {
    what: 'a header tree that is a file',
    breakIt: ({ directory }) => {
      writeFiles(directory, { linux: 'a tar, maybe' });
      return withHeaders;
    },
    status: 6,
    says: /linux is a file, and no header capsule/,
    mend: /directory with headers/,
  },
  {
    what: 'an empty header tree',
    breakIt: ({ directory }) => {
      mkdirSync(join(directory, 'linux'));
      return withHeaders;
    },
    status: 6,
    says: /linux has no kernel headers/,
    mend: /unpacked to/,
  },
  {
    what: 'a link in the header tree that leads nowhere',
    breakIt: tree((linux) => {
      rmSync(join(linux, 'include/linux/sched.h'));
      link(join(linux, 'include/linux/sched.h'), '/usr/src/elsewhere/sched.h');
    }),
    status: 6,
    says: /include\/linux\/sched\.h points to \/usr\/src\/elsewhere\/sched\.h, which is not here/,
    mend: /-v \/usr\/src\/elsewhere/,
  },
  {
    what: 'links in the header tree that go in a circle',
    breakIt: tree((linux) => {
      rmSync(join(linux, 'include/linux/sched.h'));
      link(join(linux, 'include/linux/sched.h'), 'other.h');
      link(join(linux, 'include/linux/other.h'), 'sched.h');
    }),
    status: 6,
    says: /include\/linux\/(?:sched|other)\.h points to /,
    mend: /./,
  },
  {
    what: 'a utsrelease.h of binary garbage',
    breakIt: tree(write('include/generated/utsrelease.h', garbage)),
    status: 6,
    says: /belong to kernel \(no UTS_RELEASE\), not to 6\.1\.0-50-cloud-amd64/,
    mend: /apt-get install linux-headers/,
  },
  {
    what: 'an empty autoconf.h',
    breakIt: tree(write('include/generated/autoconf.h', '')),
    status: 6,
    says: /configured for another architecture, not for x86_64 \(CONFIG_X86_64 is not set\)/,
    mend: /--arch/,
  },
  {
    what: 'a directory in the place of autoconf.h',
    breakIt: tree((linux) => {
      rmSync(join(linux, 'include/generated/autoconf.h'));
      mkdirSync(join(linux, 'include/generated/autoconf.h'));
    }),
    status: 6,
    says: /autoconf\.h cannot be read: EISDIR/,
    mend: /header tree/,
  },
  {
    what: 'an autoconf.h that this user may not read',
    breakIt: tree((linux, { directory }) => {
      openToAll(directory);
      chmodSync(join(linux, 'include/generated/autoconf.h'), 0);
      return { uid: nobody };
    }),
    status: 6,
    says: /autoconf\.h cannot be read: EACCES/,
    mend: /chmod -R a\+rX/,
  },
  {
    what: 'a header that this user may not read',
    breakIt: tree((linux, { directory }) => {
      openToAll(directory);
      chmodSync(join(linux, 'include/linux/types.h'), 0);
      // The store is made ready before the compiler runs.
      chmodSync(directory, 0o777);
      return { uid: nobody };
    }),
    status: 6,
    says: /\(a header file cannot be read by this user\):\n.*Permission denied/,
    mend: /chmod -R a\+rX/,
  },
  {
    what: 'headers of another architecture',
    breakIt: tree((linux) => {
      writeFiles(linux, buildHalf({ arch: 'aarch64' }));
    }),
    status: 6,
    says: /configured for arm64, not for x86_64/,
    mend: /--arch/,
  },
  {
    what: 'headers of another kernel',
    breakIt: tree(() => ({ args: [...withHeaders.args, '--kernel', '6.1.0-51-cloud-amd64'] })),
    status: 6,
    says: /belong to kernel 6\.1\.0-50-cloud-amd64, not to 6\.1\.0-51-cloud-amd64/,
    mend: /apt-get install linux-headers-6\.1\.0-51/,
  },
  {
    what: 'two halves of two kernels',
    breakIt: ({ directory }) => {
      const configured = writeFiles(join(directory, 'configured'), buildHalf());
      const source = writeFiles(join(directory, 'source'), sourceHalf({ version: [5, 10] }));
      return { args: [...withHeaders.args, '--headers', `${configured}:${source}`] };
    },
    status: 6,
    says: /source is of Linux 5\.10, but .*configured was configured from Linux 6\.1/,
    mend: /both halves of one kernel/,
  },
  {
    what: 'a kernel with a randomised layout',
    breakIt: tree((linux) => {
      writeFiles(linux, buildHalf({ options: ['CONFIG_RANDSTRUCT', 'CONFIG_RANDSTRUCT_FULL'] }));
    }),
    status: 5,
    says: /linux randomises the layout/,
    mend: /CONFIG_RANDSTRUCT_NONE/,
  },
  {
    what: 'a header with a mistake in it',
    breakIt: tree(write('include/linux/sched.h', 'struct task_struct { int pid\n')),
    status: 6,
    says: /clang\S* failed:\n.*error: /,
    mend: /CLANG/,
  },
  {
    what: 'a kernel structure without the member that is read',
    breakIt: tree(
      write('include/linux/sched.h', '#include <linux/types.h>\nstruct task_struct { int tgid; };\n'),
    ),
    status: 6,
    says: /no member named 'pid' in 'struct task_struct'/,
    mend: /bpf\/compat\.h/,
  },
  {
    what: 'a KERN_HEADERS of a colon alone, for a kernel that is not here',
    breakIt: () => ({ args: [...build, '--kernel', '0.0.0-none'], env: { KERN_HEADERS: ':' } }),
    status: 6,
    says: /no headers for kernel 0\.0\.0-none:\n {2}\S/,
    mend: /apt-get install linux-headers-0\.0\.0-none/,
  },
  ...(
    [
      ['', '""'],
      ['6.1/../..', '"6.1/../.."'],
      ['6.1 x', '"6.1 x"'],
    ] as const
  ).map(([name, quoted]) => ({
    ...{
      what: `the kernel release ${quoted}`,
      breakIt: () => ({ args: [...build, '--kernel', name] }),
      status: 2,
    },
    ...{ says: new RegExp(`${quoted.replaceAll('.', '\\.')} cannot be a kernel release`), mend: /uname -r/ },
  })),
  ...(['../0.1', 'a b', '-1'] as const).map((version) => ({
    what: `the version "${version}"`,
    breakIt: () => ({ ...portable, env: { VERSION: version } }),
    ...{ status: 2, says: new RegExp(`"${version}" cannot be a version`), mend: /VERSION/ },
  })),
  {
    what: 'a CLANG that is not there',
    breakIt: ({ directory }) => ({ ...portable, env: { CLANG: join(directory, 'clang-99') } }),
    status: 6,
    says: /clang-99 was named as clang, but is no program/,
    mend: /leave it unset/,
  },
  {
    what: 'a clang whose version is garbage',
    breakIt: ({ directory }) => ({
      ...portable,
      env: { CLANG: writeScript(join(directory, 'tools/clang'), "printf '\\377\\376 ???'") },
    }),
    status: 6,
    says: /tools\/clang --version does not tell a version/,
    mend: /apt-get install clang/,
  },
  {
    what: 'a clang from before the flood',
    breakIt: ({ directory }) => ({
      ...portable,
      env: { CLANG: writeTool(join(directory, 'tools/clang'), '3.8.1') },
    }),
    status: 6,
    says: /tools\/clang is clang 3\.8\.1, but 11\.0\.0 or newer is needed/,
    mend: /apt-get install clang/,
  },
  {
    what: 'clang and llc of different majors',
    breakIt: ({ directory }) => ({
      ...portable,
      env: { LLC: writeTool(join(directory, 'tools/llc'), '99.0.0') },
    }),
    status: 6,
    says: /clang\S* is version \S+, but .*tools\/llc is version 99\.0\.0/,
    mend: /LLC/,
  },
  {
    what: 'a clang that is killed',
    breakIt: clang('touch half.o', 'kill -KILL $$'),
    status: 6,
    says: /tools\/clang failed \(it was killed/,
    mend: /memory/,
  },
  {
    what: 'a clang that crashes',
    breakIt: clang('kill -SEGV $$'),
    status: 6,
    says: /tools\/clang failed \(the compiler itself crashed\)/,
    mend: /CLANG=/,
  },
  {
    what: 'a clang that fails with garbage',
    breakIt: clang("printf '\\377\\033[2J\\000garbage' >&2", 'exit 1'),
    status: 6,
    says: /tools\/clang failed:\n {2}.*garbage/,
    mend: /report/,
  },
  {
    what: 'a clang that fails without a word',
    breakIt: clang('exit 7'),
    status: 6,
    says: /tools\/clang failed:\n {2}.*exit code 7/,
    mend: /report/,
  },
  {
    what: 'a clang that succeeds and writes nothing',
    breakIt: clang('exit 0'),
    status: 6,
    says: /llvm-strip\S* failed.*\n.*No such file/i,
    mend: /./,
  },
  {
    what: 'a clang that writes garbage for an object',
    breakIt: clang('while [ "$1" != -o ]; do shift; done', 'echo garbage >"$2"'),
    status: 6,
    says: /llvm-strip\S* failed.*\n.*(?:recognized|valid object)/,
    mend: /./,
  },
  {
    what: 'an llvm-objcopy that fails',
    breakIt: ({ directory }) => {
      const tool = join(directory, 'tools/llvm-objcopy');
      const version = `[ "$1" = --version ] && exec ${toolchain.objcopy.path} --version`;
      return { ...portable, env: { LLVM_OBJCOPY: writeScript(tool, version, 'echo error: no >&2; exit 1') } };
    },
    status: 6,
    says: /llvm-objcopy failed:\n {2}error: no/,
    mend: /./,
  },
  {
    what: 'no headers of libbpf',
    breakIt: () => ({ args: [...portable.args, '--libbpf-headers', 'nowhere'] }),
    status: 6,
    says: /libbpf's headers are not in .*nowhere\/bpf/,
    mend: /apt-get install libbpf-dev/,
  },
  {
    what: 'BPF sources that are not there',
    breakIt: () => ({ args: [...portable.args, '--sources', 'nowhere'] }),
    status: 6,
    says: /nowhere has no tracee\.bpf\.c/,
    mend: /--sources/,
  },
  {
    what: 'BPF sources without the generated header',
    breakIt: ({ directory }) => {
      writeFiles(join(directory, 'bpf'), { 'tracee.bpf.c': 'int x;\n' });
      return { args: [...portable.args, '--sources', 'bpf'] };
    },
    status: 6,
    says: /bpf\/generated\/events\.h does not define TRACEE_ABI/,
    mend: /npm run generate/,
  },
  {
    what: 'BPF sources with a mistake in them',
    breakIt: ({ directory }) => {
      const abi = `#define TRACEE_ABI "${'0'.repeat(64)}"\n`;
      writeFiles(join(directory, 'bpf'), {
        'tracee.bpf.c': 'int f(void) { return nothing; }\n',
        'abi.h': abi,
      });
      return { args: [...portable.args, '--sources', 'bpf'] };
    },
    status: 6,
    says: /clang\S* failed:\n.*use of undeclared identifier 'nothing'/,
    mend: /CLANG/,
  },
  ...(
    [
      ['truncated', (path) => truncateSync(path, 900)],
      ['empty', (path) => truncateSync(path, 0)],
      ['of garbage', (path) => writeFileSync(path, garbage)],
    ] satisfies [string, (path: string) => void][]
  ).map(([how, spoil]) => ({
    ...{ what: `a BTF file that is ${how}`, breakIt: btf(spoil), status: 6 },
    ...{ says: /vmlinux gives no types: btf__parse/, mend: /raw BTF/ },
  })),
  {
    what: 'a vmlinuz to compare with that is cut short',
    breakIt: tree((_, { directory }) => {
      const image = Buffer.alloc(4096);
      image.write('HdrS', 0x202, 'latin1');
      image.writeUInt16LE(0x20f, 0x206);
      image.writeUInt32LE(1 << 20, 0x24c);
      writeFileSync(join(directory, 'vmlinuz'), image);
      return { args: [...withHeaders.args, '--btf-check', 'vmlinuz'] };
    }),
    status: 3,
    says: /vmlinuz is truncated: its payload ends at \d+ but it has 4096 bytes/,
    mend: /vmlinuz/,
  },
  {
    what: 'a TMPDIR that is not there',
    breakIt: ({ directory }) => ({ ...portable, env: { TMPDIR: join(directory, 'nowhere') } }),
    status: 6,
    says: /no temporary directory can be made in .*nowhere/,
    mend: /TMPDIR/,
  },
  {
    what: 'a read-only TMPDIR',
    breakIt: () => ({
      ...portable,
      setup: 'mount --bind temporary temporary && mount -o remount,bind,ro temporary',
    }),
    status: 6,
    says: /no temporary directory can be made in .*temporary/,
    mend: /TMPDIR/,
  },
  {
    what: 'an output that is a file',
    breakIt: ({ directory }) => {
      writeFiles(directory, { out: 'mine' });
      return portable;
    },
    status: 1,
    says: /out\/tracee\.bpf\.core\.\S+ cannot be written: ENOTDIR/,
    mend: /part of the path is a file/,
  },
  {
    what: 'an output that this user may not write to',
    breakIt: ({ directory }) => {
      mkdirSync(join(directory, 'out'));
      openToAll(directory);
      return { ...portable, uid: nobody };
    },
    status: 1,
    says: /cannot be written: EACCES/,
    mend: /that you may write to/,
  },
  {
    what: 'an output with room, but no inode left',
    breakIt: ({ directory }) => {
      mkdirSync(join(directory, 'out'));
      return { ...portable, setup: 'mount -t tmpfs -o nr_inodes=1 none out' };
    },
    status: 1,
    says: /cannot be written: ENOSPC/,
    mend: /free some room/,
  },
  ...(
    [
      [
        'is cut in its middle',
        (path: string): void => truncateSync(path, 1000),
        /object\.o .*truncated|object\.o .*ends at/,
      ],
      [
        'lacks its last byte',
        (path: string): void => truncateSync(path, readFileSync(path).length - 1),
        /object\.o /,
      ],
      ['is empty', (path: string): void => truncateSync(path, 0), /object\.o is empty/],
      ['is text', (path: string): void => writeFileSync(path, 'no object'), /object\.o is not an ELF file/],
      [
        'is a program',
        (path: string): void => copyFileSync(process.execPath, path),
        /is for machine .* instead of 247/,
      ],
    ] as const
  ).flatMap(([how, spoil, says]) =>
    ['inspect', 'check'].map((command) => ({
      ...{ what: `an object to ${command} that ${how}`, breakIt: object(spoil, command), status: 3, says },
      mend: /^/,
    })),
  ),
  {
    what: 'an object to inspect with a byte that was changed',
    breakIt: object((path) => {
      const bytes = readFileSync(path);
      bytes[80] = (bytes[80] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    }),
    status: 3,
    says: /digest/,
    mend: /^/,
  },
  {
    what: 'a directory to inspect',
    breakIt: () => ({ args: ['inspect', 'temporary'] }),
    status: 3,
    says: /temporary cannot be read/,
    mend: /name an object file/,
  },
];

/** Readable by everybody, and the temporary directory writable. */
function openToAll(directory: string): void {
  execFileSync('chmod', ['-R', 'a+rX', directory]);
  chmodSync(join(directory, 'temporary'), 0o1777);
}

function attempt(place: Place, { args, env = {}, setup, uid }: Attempt): Promise<Outcome> {
  if (uid !== undefined) return runAs(place, uid, args, env);
  return setup === undefined ? run(place, args, env) : runMounted(place, { setup }, args);
}

/** Every name below a directory with kind, size and mode. */
function listing(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const { mode, size } = lstatSync(join(directory, name));
      return `${name} ${mode.toString(8)} ${size}`;
    })
    .toSorted();
}

test('the table has more than thirty kinds of broken input, each once', () => {
  assert.ok(cases.length > 30);
  assert.equal(new Set(cases.map(({ what }) => what)).size, cases.length);
});

suite('broken input (some of it needs root)', { concurrency: availableParallelism() }, () => {
  for (const { what, breakIt, status, says, mend } of cases) {
    test(`${what} ends with ${status}, a message and its mend, and leaves nothing`, async (context) => {
      const place = createPlace(context);
      const broken = breakIt(place);
      const before = listing(place.directory);
      const outcome = await attempt(place, broken);
      assert.equal(outcome.status, status, outcome.stderr);
      assert.match(outcome.stderr, says);
      assert.match(outcome.stderr.trimEnd().split('\n').at(-1) ?? '', mend);
      assert.doesNotMatch(outcome.stderr, /^\s+at .*:\d+:\d+\)?$/m, 'a stack is for bugs');
      assert.deepEqual(listing(place.directory), before);
    });
  }

  test('times in the future change nothing: what was built is reused, and built again when contents change', async (context) => {
    const place = createPlace(context);
    const linux = writeWholeTree(join(place.directory, 'linux'));
    const ensure = ['ensure', ...withHeaders.args.slice(1), '--json'];
    const isReused = async (): Promise<unknown> => {
      execFileSync('find', [place.directory, '-exec', 'touch', '-h', '-d', '2099-01-01', '{}', '+']);
      const { status, stdout, stderr } = await run(place, ensure);
      assert.equal(status, 0, stderr);
      return (JSON.parse(stdout) as { isReused: unknown }).isReused;
    };
    assert.equal(await isReused(), false);
    assert.equal(await isReused(), true);
    writeFiles(linux, buildHalf({ options: ['CONFIG_ANOTHER'] }));
    assert.equal(await isReused(), false);
  });
});
