import { TraceeError } from 'tracee/errors';

/**
 * The directories that were named by `--headers` or `KERN_HEADERS`; the original's `KERN_BLD_PATH` and
 * `KERN_SRC_PATH` name the halves one by one. Throws `USAGE` for more than two.
 */
export function headerDirectories(flag: string | undefined, env: NodeJS.ProcessEnv): string[] {
  const one = flag ?? named(env['KERN_HEADERS']);
  if (one !== undefined) {
    const halves = one.split(':').filter((part) => part !== '');
    if (halves.length <= 2) return halves;
    throw new TraceeError('USAGE', `"${one}" names ${halves.length} header directories`, {
      hint: 'name one directory, or two as <build>:<source>',
    });
  }
  return [named(env['KERN_BLD_PATH']), named(env['KERN_SRC_PATH'])].flatMap((part) => part ?? []);
}

/** make exports variables that are not set as empty ones. */
function named(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
