import { cpSync, rmSync } from 'node:fs';
import { bundle } from '../../images/dist/bundle.js';
import { root, shipped } from './paths.js';

/** Makes the runtime as it is shipped; in a VM it is there, and nothing that could make it. */
export async function ship(): Promise<void> {
  rmSync(shipped, { recursive: true, force: true });
  await bundle('runtime', ['main'], shipped);
  cpSync(`${root}runtime/portable`, `${shipped}/portable`, { recursive: true });
}
