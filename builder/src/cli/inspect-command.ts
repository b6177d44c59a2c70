import { Command } from 'commander';
import { escapeText } from 'tracee/escape';
import { readManifest, verifyDigest, type LayoutMember, type Manifest } from 'tracee/artifact';
import { readObject } from './read-object.js';
import { print, printJson } from './report.js';

/** `inspect FILE`: what an object says about itself, and whether it is still what was built. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('print the manifest of an object and verify its digest')
    .argument('<file>', 'the object')
    .option('--json', 'print the manifest as JSON')
    .action((file: string, flags: { json?: true }) => {
      const bytes = readObject(file);
      const manifest = readManifest(bytes, file);
      if (flags.json === true) printJson(manifest);
      else print(describe(manifest));
      verifyDigest(bytes, manifest, file);
      if (flags.json !== true) print(row('digest', `${manifest.digest} (verified)`));
    });
}

function describe(manifest: Manifest): string {
  const { kernel, toolchain, headers, requirements } = manifest;
  return [
    row('kernel', `${kernel.release ?? 'any with BTF'} (${kernel.arch})`),
    row('version', manifest.version),
    row('abi', manifest.abi),
    row('types', manifest.types),
    row('toolchain', `clang ${toolchain.clang}, llc ${toolchain.llc ?? 'none'}, -mcpu=${toolchain.mcpu}`),
    row('libbpf', `headers ${toolchain.libbpf.version}, ${toolchain.libbpf.headersDigest}`),
    row('sources', manifest.sources.digest),
    ...(headers === null ? [] : [row('headers', `${headers.files} files, ${headers.digest}`)]),
    ...(manifest.btf === null ? [] : [row('btf', manifest.btf.digest)]),
    row('needs', `maps ${requirements.mapTypes.join(', ')}`),
    row('', `programs ${requirements.programTypes.join(', ')}`),
    row('', `helpers ${requirements.helpers.join(', ')}`),
    row('', requirements.jmp32 ? '32-bit jumps (Linux 5.1)' : 'no 32-bit jumps'),
    ...manifest.layout.map((member, index) => row(index === 0 ? 'layout' : '', describeMember(member))),
    ...manifest.programs.map(({ name, section, instructions }, index) =>
      row(
        index === 0 ? 'programs' : '',
        `${name.padEnd(32)} ${section.padEnd(30)} ${instructions} instructions`,
      ),
    ),
  ].join('\n');
}

/** `task_struct.real_parent          offset 1184   size 8` */
function describeMember({ struct, member, offset, size, bits }: LayoutMember): string {
  const name = member === null ? `sizeof(struct ${struct})` : `${struct}.${member}`;
  const place = member === null ? '' : `offset ${offset}`;
  const field = bits === undefined ? '' : ` (bits ${bits.first} to ${bits.first + bits.width - 1})`;
  return `${name.padEnd(32)} ${place.padEnd(13)} size ${size}${field}`;
}

function row(label: string, text: string): string {
  return `${label.padEnd(10)} ${escapeText(text)}`;
}
