import { objectName, portableObjectName, readManifest, type Manifest } from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import { readKernelNames } from './check/kernel-interface.js';
import { checkStatically, describeLosses } from './check/static-check.js';
import { compile, type CompileJob } from './compile/compile.js';
import { describeInputs, isMadeFrom } from './inputs.js';
import { addManifest } from './manifest.js';
import { layoutOf } from './layout/object-layout.js';
import { checkAgainst, type TargetBtf } from './layout/target.js';
import { createScratch } from './scratch.js';
import type { Signer } from './signing/private-key.js';
import { isSignedBy, signBytes } from './signing/sign.js';
import { takeTurn } from './store/lock.js';
import { placeOf } from './store/place.js';
import { publish } from './store/publish.js';
import { lookFor, type Stored } from './store/reuse.js';
import { sweep } from './store/sweep.js';

export interface BuildRequest extends Omit<CompileJob, 'workDirectory'> {
  version: string;
  /** The store: directory of the finished object, or of the one that it is put into. */
  output: string;
  /** Reuse an object that was made from the same inputs. */
  mayReuse: boolean;
  /** The target's own BTF where it is at hand: an object with another layout is not published. */
  target?: TargetBtf | undefined;
  /** Signs what is published. Only what it has signed is reused: a manifest can be forged, and would be vouched for. */
  signer?: Signer | undefined;
  /** Told once when another builder makes this object, on this host or another. */
  onWait?: () => void;
  /** Told when a lock changed hands that was not given back. */
  onLoss?: (message: string) => void;
}

export interface Built {
  path: string;
  manifest: Manifest;
  isReused: boolean;
}

/** Compiles an object and publishes it, or finds that it is there already or that another builder makes it. */
export async function build(request: BuildRequest): Promise<Built> {
  const { origin, kernel, version, output, signal } = request;
  const name = origin.types === 'core' ? portableObjectName(version) : objectName(kernel.release, version);
  const find = lookFor(output, name, kernel.arch, (stored, bytes) => isReusable(stored, bytes, request));
  const look = async (): Promise<Built | undefined> => {
    const stored = request.mayReuse ? await find() : undefined;
    return stored === undefined ? undefined : { ...stored, isReused: true };
  };
  const onWait = request.onWait ?? ((): void => undefined);
  return (
    (await look()) ??
    takeTurn({ directory: output, name, signal, onWait, onLoss: request.onLoss }, look, async () => {
      const directory = placeOf(output, name, kernel.arch);
      await sweep(directory, name);
      const bytes = await make(request);
      const signature = request.signer === undefined ? undefined : signBytes(bytes, request.signer);
      const path = await publish(bytes, directory, name, signature);
      return { path, manifest: readManifest(bytes, path), isReused: false };
    })
  );
}

async function make(request: BuildRequest): Promise<Uint8Array> {
  using work = createScratch('build');
  const job = { ...request, workDirectory: work.path };
  const compiled = await compile(job);
  const layout = await layoutOf(compiled, job);
  if (request.target !== undefined) checkAgainst(layout, request.target, request.origin.where);
  const bytes = await addManifest(compiled, job, layout, request.version);
  checkLoadable(bytes, job);
  return bytes;
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

/** Throws what `checkAgainst` does. */
async function isReusable(
  { path, manifest }: Stored,
  bytes: Uint8Array,
  request: BuildRequest,
): Promise<boolean> {
  if (request.signer !== undefined && !isSignedBy(request.signer, bytes, path)) return false;
  if (request.target !== undefined) checkAgainst(manifest.layout, request.target, path);
  const inputs = await describeInputs(request);
  return isMadeFrom(manifest, inputs, request.version, request.sources.abi);
}
