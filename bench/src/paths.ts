import { fileURLToPath } from 'node:url';

/** The repository's root; in a VM the same parts lie below the same directory. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
/** What is measured: the runtime as images and packages have it. */
export const shipped = `${root}bench/dist/shipped`;
export const tracee = `${shipped}/dist/cli/main.js`;
/** The runtime as a clone has it, a file a module: more to load, and a profile that names its places. */
export const traceeOfClone = `${root}runtime/dist/cli/main.js`;
export const builder = `${root}builder/dist/cli/entry.js`;
export const stormSources = `${root}bench/storms`;
/** Compiled storms. */
export const stormPrograms = `${root}bench/dist/storms`;
export const resultsDirectory = `${root}bench/results`;
