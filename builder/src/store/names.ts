import { randomBytes } from 'node:crypto';

/** Objects of this project are called so; whether a file is one, only its manifest can tell. */
export function isObjectName(name: string): boolean {
  return /^tracee\.bpf\..+\.o$/.test(name);
}

/** The directory that is there while somebody builds an object of this name. */
export function lockName(object: string): string {
  return `.${object}.lock`;
}

/** A name that no reader takes for an object: `.tracee.bpf.….o.0123456789ab.tmp`. */
export function temporaryName(object: string): string {
  return `.${object}.${randomBytes(6).toString('hex')}.tmp`;
}

/** The object that a temporary name was made for; of its signature's as well. */
export function objectOfTemporary(name: string): string | undefined {
  return /^\.(tracee\.bpf\..+\.o)(?:\.sig)?\.[0-9a-f]+\.tmp$/.exec(name)?.[1];
}
