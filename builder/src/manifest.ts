import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  blankDigest,
  canonicalJson,
  describePrograms,
  manifestSection,
  patchDigest,
  readManifest,
  verifyDigest,
  type LayoutMember,
  type Manifest,
} from 'tracee/artifact';
import { compileError } from './compile/clang-errors.js';
import { workplaceOf, type Compiled, type CompileJob } from './compile/compile.js';
import { digestFiles } from './digest.js';
import { describeInputs, type Inputs } from './inputs.js';

/** Adds the manifest to a compiled object and returns the finished bytes, read back and verified. */
export async function addManifest(
  compiled: Compiled,
  job: CompileJob,
  layout: LayoutMember[],
  version: string,
): Promise<Uint8Array> {
  const manifest = describe(
    compiled,
    job,
    await describeInputs(job),
    await readFile(compiled.object),
    layout,
    version,
  );
  const section = join(job.workDirectory, 'manifest.json');
  await writeFile(section, canonicalJson(manifest));
  const objcopy = job.toolchain.objcopy.path;
  const workplace = workplaceOf(job);
  await workplace.send([section]);
  const { failed, stderr } = await workplace.run(
    objcopy,
    [`--add-section=${manifestSection}=${section}`, compiled.object],
    job.signal,
    job.workDirectory,
  );
  if (failed) throw compileError(objcopy, stderr);
  await workplace.fetch([compiled.object]);
  const bytes = patchDigest(await readFile(compiled.object));
  verifyDigest(bytes, readManifest(bytes, compiled.object), compiled.object);
  return bytes;
}

function describe(
  compiled: Compiled,
  job: CompileJob,
  inputs: Inputs,
  object: Uint8Array,
  layout: LayoutMember[],
  version: string,
): Manifest {
  const { programs, helpers, usesJmp32 } = describePrograms(object, compiled.object);
  const sections = programs.map(({ section }) => section.split('/')[0] ?? section);
  return {
    schema: 1,
    version,
    abi: job.sources.abi,
    kernel: inputs.kernel,
    types: inputs.types,
    toolchain: inputs.toolchain,
    sources: inputs.sources,
    btf: inputs.btf,
    headers:
      inputs.configuration === null
        ? null
        : { files: compiled.headers.length, digest: digestFiles(compiled.headers), ...inputs.configuration },
    layout,
    requirements: {
      helpers: helpers.map((id) => job.libbpf.helperNames.get(id) ?? `helper_${id}`),
      mapTypes: job.sources.mapTypes,
      programTypes: [...new Set(sections)].toSorted(),
      largestProgram: Math.max(0, ...programs.map(({ instructions }) => instructions)),
      jmp32: usesJmp32,
    },
    programs: programs.map(({ name, section, instructions }) => ({ name, section, instructions })),
    digest: blankDigest,
  };
}
