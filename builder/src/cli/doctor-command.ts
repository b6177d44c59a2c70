import { tmpdir } from 'node:os';
import { Command } from 'commander';
import { describeSections, examineHost, statusOf, type Section } from 'tracee/doctor';
import { examineHeaders } from '../doctor/headers.js';
import { examinePlaces } from '../doctor/places.js';
import { examineTools } from '../doctor/tools.js';
import { targetKernel } from '../kernel/release.js';
import { named, toolchainWishes } from './environment.js';
import { cacheDirectory, headerDirectories } from './header-options.js';
import { printJson, printLines } from './report.js';

interface DoctorFlags {
  kernel?: string;
  arch?: string;
  headers?: string;
  output: string;
  libbpfHeaders: string;
  json?: true;
}

/** `doctor`: what stands in the way of building here. Changes nothing, and needs no privileges. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look at kernel, headers, tools and places, and say what stands in the way of building')
    .option('--kernel <release>', 'kernel to build for (KERN_RELEASE, or the running one)')
    .option('--arch <arch>', 'architecture of that kernel: x86_64 or aarch64 (this machine’s)')
    .option('--headers <directory[:directory]>', 'its headers (KERN_HEADERS)')
    .option('--output <directory>', 'where the object is to go', 'dist')
    .option('--libbpf-headers <directory>', 'include directory with libbpf’s bpf/*.h', '/usr/include')
    .option('--json', 'print the findings as JSON')
    .action(async (flags: DoctorFlags) => {
      const sections = await examine(flags, process.env);
      const status = statusOf(sections);
      const next = 'make bpf, or tracee-builder build --output /tmp/tracee';
      if (flags.json === true) printJson({ status, sections });
      else printLines(describeSections(sections, next).split('\n'));
      process.exitCode = status;
    });
}

async function examine(flags: DoctorFlags, env: NodeJS.ProcessEnv): Promise<Section[]> {
  const kernel = targetKernel({ release: flags.kernel ?? named(env['KERN_RELEASE']), arch: flags.arch });
  const cache = cacheDirectory(env);
  return [
    ...(kernel.isRunning ? [asBackground(examineHost())] : []),
    examineHeaders(kernel, headerDirectories(flags, env), cache),
    await examineTools(toolchainWishes(env), flags.libbpfHeaders, named(env['DOCKER_HOST'])),
    examinePlaces([
      { id: 'output', what: 'output', path: flags.output, code: 'PUBLISH_FAILED', setting: '--output' },
      { id: 'temporary', what: 'temporary files', path: tmpdir(), code: 'COMPILE_FAILED', setting: 'TMPDIR' },
      {
        ...{ id: 'cache', what: 'cache', path: cache },
        ...{ code: 'RUN_FAILED' as const, setting: 'TRACEE_CACHE_DIR' },
      },
    ]),
  ];
}

/** What a kernel lacks for tracing does not keep anybody from building. */
function asBackground({ title, findings }: Section): Section {
  return {
    title,
    findings: findings.map((finding) =>
      finding.status === 'fail' ? { ...finding, status: 'warn' } : finding,
    ),
  };
}
