import { realpathSync, statSync } from 'node:fs';
import type { RecordContent } from '../events/record-encoder.js';

/** What the kernel would say of a program of this machine: part of a record. */
export function ranBy(path: string): Pick<RecordContent, 'executable' | 'fields'> {
  const real = realpathSync(path);
  const file = statSync(real, { bigint: true });
  const major = (file.dev >> 8n) & 0xfffn;
  const minor = (file.dev & 0xffn) | ((file.dev >> 12n) & 0xfff00n);
  return {
    executable: { bytes: real },
    fields: {
      mnt_ns: statSync('/proc/self/ns/mnt').ino,
      executable_inode: file.ino,
      executable_dev: (major << 20n) | minor,
      executable_uid: file.uid,
      executable_mode: file.mode & 0xffffn,
      executable_links: file.nlink,
    },
  };
}

/** Of a program that a user made: nowhere on this machine. */
export const strange: Pick<RecordContent, 'executable' | 'fields'> = {
  executable: { bytes: '/home/somebody/gdb' },
  fields: {
    host_pid: 0x3f_fff0,
    ns_pid: 0x3f_fff0,
    host_tid: 0x3f_fff0,
    ns_tid: 0x3f_fff0,
    executable_uid: 1000,
    executable_mode: 0o100755,
    executable_links: 1,
  },
};
