import { Command } from 'commander';
import { objectName } from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import { buildApart, readTrusted, type ApartRequest } from '../apart.js';
import { targetKernel } from '../kernel/release.js';
import { readSources } from '../sources.js';
import { takeTurn } from '../store/lock.js';
import { placeOf } from '../store/place.js';
import { publish } from '../store/publish.js';
import { lookFor } from '../store/reuse.js';
import { sweep } from '../store/sweep.js';
import { defaultSources, versionOf } from './build-command.js';
import { print, say } from './report.js';

/** Variables that a build may know: what headers, tools and version to take. */
const handedOn = [
  ...['KERN_HEADERS', 'KERN_BLD_PATH', 'KERN_SRC_PATH', 'VERSION', 'RELEASE_TAG'],
  ...['CLANG', 'LLC', 'LLVM_STRIP', 'LLVM_OBJCOPY', 'PATH', 'LANG'],
];

/** What the runtime of the full image calls where it finds no object; see `TRACEE_BUILDER`. */
export function provideCommand(signal: AbortSignal): Command {
  return new Command('provide')
    .description('build the object for the running kernel in a process without privileges, and install it')
    .option('--output <directory>', 'where it is installed', '/tmp/tracee')
    .action(async ({ output }: { output: string }) => {
      refuseWhereSigned(process.env);
      const version = versionOf(process.env);
      const kernel = targetKernel({});
      const name = objectName(kernel.release, version);
      const request: ApartRequest = {
        ...{ kernel, name, version, signal, program: process.argv[1] ?? '' },
        sourcesDigest: readSources(defaultSources).digest,
        env: Object.fromEntries(handedOn.map((variable) => [variable, process.env[variable]])),
      };
      const find = lookFor(output, name, kernel.arch, async ({ path }) => {
        readTrusted(path, request);
        return Promise.resolve(true);
      });
      const onWait = (): void => say('another builder makes this object: waiting for it');
      const turn = { directory: output, name, signal, onWait, onLoss: say };
      const path = await takeTurn(
        turn,
        async () => (await find())?.path,
        async () => {
          const bytes = await buildApart(request);
          const directory = placeOf(output, name, kernel.arch);
          await sweep(directory, name);
          return publish(bytes, directory, name);
        },
      );
      print(path);
    });
}

/** Nobody who could sign is here. */
function refuseWhereSigned(env: NodeJS.ProcessEnv): void {
  if (env['TRACEE_BPF_PUBKEY'] === undefined) return;
  throw new TraceeError(
    'OBJECT_UNSIGNED',
    'TRACEE_BPF_PUBKEY requires signed objects, and what is built here is not signed',
    { hint: 'build and sign it where the key is: tracee-builder build --sign-key FILE' },
  );
}
