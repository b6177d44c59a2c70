import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { execa } from 'execa';

/**
 * Directories of the packages that runtime and builder need when they run, from the repository's root:
 * `node_modules/zod`. What npm installed from the lock file is asked, so nothing is downloaded.
 */
export async function productionPackages(root: string): Promise<readonly string[]> {
  const { stdout } = await execa('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: root });
  return stdout
    .split('\n')
    .map((path) => relative(root, path))
    .filter((path) => path.includes('node_modules/') && !/^node_modules\/tracee(?:-builder)?$/.test(path))
    .toSorted();
}

interface Bom {
  serialNumber?: string;
  metadata: { timestamp: string; component: { name: string; version: string } };
  components: readonly { readonly 'bom-ref': string }[];
  dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * The bill of materials (CycloneDX, JSON) of what `productionPackages` names: what npm says, without what differs from one
 * run to the next. npm itself would leave out what development needs as well, such as zod.
 */
export async function billOfMaterials(root: string, version: string, epochSeconds: number): Promise<string> {
  const { stdout } = await execa('npm', ['sbom', '--sbom-format=cyclonedx'], { cwd: root });
  const { serialNumber: _, ...bom } = JSON.parse(stdout) as Bom;
  const shipped = new Set([
    ...(await Promise.all((await productionPackages(root)).map((path) => referenceOf(join(root, path))))),
    ...['tracee', 'tracee-builder', 'tracee-workspace'].map((name) => `${name}@${version}`),
  ]);
  const isShipped = (reference: string): boolean => shipped.has(reference);
  bom.metadata.timestamp = new Date(epochSeconds * 1000).toISOString();
  // npm takes the name of the directory.
  bom.metadata.component.name = 'tracee';
  bom.components = bom.components.filter((component) => isShipped(component['bom-ref']));
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => isShipped(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isShipped) }));
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

/** As the bill refers to a package: `zod@4.6.7`. */
async function referenceOf(directory: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Package;
  return `${name}@${version}`;
}

interface Package {
  readonly name: string;
  readonly version: string;
}
