import { TraceeError } from 'tracee/errors';

const mends: Record<string, string> = {
  ENOENT: 'nothing can be made there: name another directory with --output',
  ENOSPC: 'free some room there, or name another directory with --output',
  EDQUOT: 'free some room there, or name another directory with --output',
  EROFS: 'the file system is read-only: name another directory with --output',
  EACCES: 'name a directory that you may write to with --output',
  EPERM: 'name a directory that you may write to with --output',
  ENOTDIR: 'part of the path is a file: name a directory with --output',
  EEXIST: 'part of the path is a file: name a directory with --output',
};

/** `ENOSPC` of an error of the system; any other thing thrown as text. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Why an object cannot be stored at this path. */
export function storeFailure(path: string, cause: unknown): TraceeError {
  const code = codeOf(cause);
  return new TraceeError('PUBLISH_FAILED', `${path} cannot be written: ${code}`, {
    hint: mends[code] ?? 'name another directory with --output',
    cause,
  });
}
