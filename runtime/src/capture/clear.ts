import { checkOwner, type Directory } from './directory.js';
import { isArtifactName, outNames } from './names.js';

/**
 * Looks through what an earlier run has left in `out`. Throws where there is anything that Tracee does not write, that
 * belongs to somebody else, or that is on another file system: then nothing of it may be removed.
 */
export function checkClearable(out: Directory): void {
  const { dev } = out.ownStatus();
  const check = (directory: Directory, name: string): 'file' | 'directory' => {
    const status = directory.status(name);
    checkOwner(status, name);
    if (status.dev !== dev) throw new Error(`${name} is on another file system`);
    if (status.isDirectory()) return 'directory';
    if (!status.isFile()) throw new Error(`${name} is neither a file nor a directory`);
    return 'file';
  };
  for (const name of out.names()) {
    if (check(out, name) === 'file') {
      if (!outNames.has(name)) throw foreign(name);
      continue;
    }
    if (!isNamespace(name)) throw foreign(name);
    using namespace = out.find(name);
    for (const artifact of namespace.names()) {
      if (check(namespace, artifact) !== 'file' || !isArtifactName(artifact))
        throw foreign(`${name}/${artifact}`);
    }
  }
}

/** Removes it, after looking through it once more. */
export function clear(out: Directory): void {
  checkClearable(out);
  for (const name of out.names()) {
    if (!isNamespace(name)) {
      out.remove(name);
      continue;
    }
    {
      using namespace = out.find(name);
      for (const artifact of namespace.names()) namespace.remove(artifact);
    }
    out.removeDirectory(name);
  }
}

function isNamespace(name: string): boolean {
  return /^\d{1,10}$/.test(name);
}

function foreign(name: string): Error {
  return new Error(`${name} is nothing that Tracee has written`);
}
