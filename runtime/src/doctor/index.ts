/** What stands in the way on this host. The builder adds what it needs itself. */
import type { LocatedObject } from '../artifact/locate.js';
import { TraceeError } from '../errors.js';
import { runningKernel } from '../host/kernel.js';
import type { Section } from './finding.js';
import { examineKernel } from './kernel-features.js';
import { readKernelOptions } from './kernel-options.js';
import { checkLoads } from '../tracing/load-check.js';
import { examineObject, tryToFind } from './object.js';
import { examineProcess, mayUseBpf } from './process.js';

export { describeSections, fail, failOf, ok, statusOf, warn, type Finding, type Section } from './finding.js';

/** Loaded, and not attached, to see whether the kernel takes its kind. */
const trampolineProgram = 'fentry__security_file_open';

/** The running kernel, for whoever runs or builds for it. Throws `KERNEL_UNSUPPORTED` on other architectures. */
export function examineHost(object?: Uint8Array): Section {
  const kernel = runningKernel();
  const options = readKernelOptions(kernel.release);
  const mayTry = mayUseBpf(kernel.release);
  const tried =
    mayTry && object !== undefined ? checkLoads(object, [trampolineProgram]).programs[0] : undefined;
  const host = { kernel, options, mayTry, root: '', trampoline: tried?.outcome };
  return { title: 'This kernel', findings: examineKernel(host) };
}

/** All that tracing needs; `findObject` is the search that the runtime starts with. */
export function examineRuntime(findObject: () => LocatedObject): Section[] {
  const found = tryToFind(findObject);
  return [
    examineHost(found instanceof TraceeError ? undefined : found.bytes),
    { title: 'This process', findings: examineProcess(runningKernel().release) },
    { title: 'BPF object', findings: examineObject(found) },
  ];
}
