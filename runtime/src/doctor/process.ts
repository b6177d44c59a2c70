import { existsSync, readFileSync } from 'node:fs';
import { TraceeError } from '../errors.js';
import { parseCapabilities } from '../host/capabilities.js';
import { readLimits } from '../host/limits.js';
import { missingCapabilities } from '../host/privileges.js';
import { libbpfVersion } from '../libbpf/index.js';
import { examineNeeds } from './capabilities.js';
import { failOf, ok, warn, type Finding } from './finding.js';

/** What this process may do and has: capabilities, seccomp, container, libbpf. */
export function examineProcess(release: string, root = ''): Finding[] {
  const status = readFileSync(`${root}/proc/self/status`, 'utf8');
  return [
    ...examineNeeds(release, {
      effective: parseCapabilities(status).effective,
      limits: readLimits(root),
    }),
    examineSeccomp(status),
    ok('container', 'container', containerOf(root) ?? 'none noticed'),
    examineLibbpf(),
  ];
}

/** Whether trying to create a map or to load a program says something about the kernel. */
export function mayUseBpf(release: string): boolean {
  return missingCapabilities(release).length === 0 && hasLibbpf();
}

/** `Seccomp:	2`: include/uapi/linux/seccomp.h, SECCOMP_MODE_FILTER. */
function examineSeccomp(status: string): Finding {
  if (/^Seccomp:\s*0$/m.test(status) || !/^Seccomp:/m.test(status))
    return ok('seccomp', 'seccomp', 'no filter');
  return warn(
    'seccomp',
    'seccomp',
    'a filter is in force, which may refuse bpf()',
    'if programs are refused with EPERM: docker run --security-opt seccomp=unconfined, or a profile that allows bpf',
  );
}

/** Files that engines leave in their containers. */
const marks: readonly [path: string, engine: string][] = [
  ['/.dockerenv', 'docker'],
  ['/run/.containerenv', 'podman'],
  ['/var/run/secrets/kubernetes.io', 'kubernetes'],
];

function containerOf(root: string): string | undefined {
  return marks.find(([path]) => existsSync(`${root}${path}`))?.[1];
}

function examineLibbpf(): Finding {
  try {
    return ok('libbpf', 'libbpf', libbpfVersion());
  } catch (error) {
    return failOf('libbpf', 'libbpf', error);
  }
}

function hasLibbpf(): boolean {
  try {
    libbpfVersion();
    return true;
  } catch (error) {
    if (error instanceof TraceeError) return false;
    throw error;
  }
}
