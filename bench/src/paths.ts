import { fileURLToPath } from 'node:url';

/** The repository's root; in a VM the same parts lie below the same directory. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
export const tracee = `${root}runtime/dist/cli/main.js`;
export const builder = `${root}builder/dist/cli/entry.js`;
export const stormSources = `${root}bench/storms`;
/** Compiled storms. */
export const stormPrograms = `${root}bench/dist/storms`;
export const resultsDirectory = `${root}bench/results`;
