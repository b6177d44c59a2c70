import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectName, portableObjectName, readManifest, verifyDigest, type Manifest } from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import { readKernelNames } from './check/kernel-interface.js';
import { checkStatically, describeLosses } from './check/static-check.js';
import { compile, type CompileJob } from './compile/compile.js';
import { describeInputs, isMadeFrom } from './inputs.js';
import { addManifest } from './manifest.js';
import { layoutOf } from './layout/object-layout.js';
import { checkAgainst, type TargetBtf } from './layout/target.js';
import { publish } from './publish.js';
import type { Signer } from './signing/private-key.js';
import { isSignedBy, signBytes } from './signing/sign.js';

export interface BuildRequest extends Omit<CompileJob, 'workDirectory'> {
  version: string;
  /** Directory of the finished object. */
  output: string;
  /** Reuse an object that was made from the same inputs. */
  mayReuse: boolean;
  /** The target's own BTF where it is at hand: an object with another layout is not published. */
  target?: TargetBtf | undefined;
  /** Signs what is published. Only what it has signed is reused: a manifest can be forged, and would be vouched for. */
  signer?: Signer | undefined;
}

export interface Built {
  path: string;
  manifest: Manifest;
  isReused: boolean;
}

/** Compiles an object and publishes it, or finds that it is there already. */
export async function build(request: BuildRequest): Promise<Built> {
  const { origin, kernel, version, output } = request;
  const name = origin.types === 'core' ? portableObjectName(version) : objectName(kernel.release, version);
  const reused = request.mayReuse ? await findReusable(request, join(output, name)) : undefined;
  if (reused !== undefined) return reused;
  const workDirectory = await createWorkDirectory();
  try {
    const job = { ...request, workDirectory };
    const compiled = await compile(job);
    const layout = await layoutOf(compiled, job);
    if (request.target !== undefined) checkAgainst(layout, request.target, origin.where);
    const bytes = await addManifest(compiled, job, layout, version);
    checkLoadable(bytes, job);
    const signature = request.signer === undefined ? undefined : signBytes(bytes, request.signer);
    const path = await publish(bytes, output, name, signature);
    return { path, manifest: readManifest(bytes, name), isReused: false };
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}

/**
 * An object of one kernel is published only when that kernel would take it. The others are not tied to a
 * kernel: what they need is asked for when they are loaded. Throws `OBJECT_UNLOADABLE`.
 */
function checkLoadable(bytes: Uint8Array, { origin, kernel, assumedVersion }: CompileJob): void {
  if (origin.types !== 'headers') return;
  // The headers of a kernel that is only pretended know too much.
  const names = assumedVersion === undefined ? readKernelNames(origin.tree.source) : undefined;
  const verdict = checkStatically(bytes, 'the compiled object', kernel.release, { names });
  if (verdict.isServable) return;
  const lost = verdict.programs.find(({ isLastRung, problems }) => isLastRung && problems.length > 0);
  throw new TraceeError(
    'OBJECT_UNLOADABLE',
    `kernel ${kernel.release} would not load programs that it cannot do without:\n${describeLosses(verdict)}`,
    { hint: lost?.problems[0]?.mend ?? 'build with another clang: CLANG=clang-14' },
  );
}

async function findReusable(request: BuildRequest, path: string): Promise<Built | undefined> {
  const bytes = readIfPossible(path);
  if (bytes === undefined) return undefined;
  if (request.signer !== undefined && !isSignedBy(request.signer, bytes, path)) return undefined;
  try {
    const manifest = readManifest(bytes, path);
    verifyDigest(bytes, manifest, path);
    if (request.target !== undefined) checkAgainst(manifest.layout, request.target, path);
    const inputs = await describeInputs(request);
    return isMadeFrom(manifest, inputs, request.version, request.sources.abi)
      ? { path, manifest, isReused: true }
      : undefined;
  } catch (error) {
    // What cannot be verified is built anew, over it.
    if (error instanceof TraceeError) return undefined;
    throw error;
  }
}

async function createWorkDirectory(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'tracee-build-'));
  } catch (cause) {
    throw new TraceeError('COMPILE_FAILED', `no temporary directory can be made in ${tmpdir()}`, {
      hint: 'set TMPDIR to a directory that you may write to',
      cause,
    });
  }
}

/** What cannot be read is built anew as well; publishing tells when something stands in its way. */
function readIfPossible(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
