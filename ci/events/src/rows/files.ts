import type { EventRow } from './row.js';

/** Files and directories. */
export const fileRows: readonly EventRow[] = [
  {
    event: 'security_file_open',
    act: 'a file is opened for reading',
    script: 'echo text >file; read -r line <file',
    expects: ({ directory }) => ({ pathname: `${directory}/file`, flags: /^O_RDONLY/ }),
  },
  {
    event: 'security_file_open',
    act: 'a file is created',
    script: 'echo text >file',
    expects: ({ directory }) => ({ pathname: `${directory}/file`, flags: /^O_WRONLY\|.*O_CREAT/ }),
    expectsOfCall: { flags: /^O_WRONLY/ },
  },
  {
    event: 'security_inode_unlink',
    act: 'a file is removed',
    script: 'echo text >file; exec $ACTS/act-files unlink',
    expects: { pathname: /\/file$/, inode: (value) => Number(value) > 0, is_own_executable: 0 },
    expectsOfCall: { pathname: 'file', inode: null },
  },
  {
    event: 'security_inode_rename',
    act: 'a file gets another name',
    script: 'echo text >file; exec $ACTS/act-files rename',
    expects: { old_path: /\/file$/, new_path: /\/other$/ },
  },
  {
    event: 'security_inode_link',
    act: 'a file gets a second name',
    script: 'echo text >file; exec $ACTS/act-files link',
    expects: { old_path: /\/file$/, new_path: /\/other$/ },
  },
  {
    event: 'security_inode_symlink',
    act: 'a symbolic link is made',
    script: 'exec $ACTS/act-files symlink',
    expects: { linkpath: /\/other$/, target: 'file' },
  },
  {
    event: 'security_path_truncate',
    act: 'a file is cut short by its name',
    script: 'echo text >file; exec $ACTS/act-files truncate',
    expects: ({ directory }) => ({ pathname: `${directory}/file` }),
  },
  {
    event: 'security_sb_mount',
    act: 'a file system is mounted in a mount namespace of its own',
    script: 'exec $ACTS/act-files mount',
    expects: ({ directory }) => ({ dev_name: 'nothing', path: directory, type: 'tmpfs', flags: 2 }),
    expectsOfCall: { path: /\/\.$/ },
  },
  {
    event: 'security_move_mount',
    act: 'a mount gets its place in the tree',
    script: 'exec $ACTS/act-files move-mount',
    expects: ({ directory }) => ({ from_path: '/', to_path: `${directory}/to` }),
  },
  {
    event: 'security_inode_mknod',
    act: 'a named pipe is made',
    script: 'exec $ACTS/act-files pipe',
    expects: { file_name: /\/pipe$/, mode: isMode(0o10640), dev: 0 },
  },
  {
    event: 'security_inode_mknod',
    act: 'a device is made',
    script: 'exec $ACTS/act-files device',
    expects: { file_name: /\/null$/, mode: isMode(0o20600), dev: (1 << 20) | 3 },
  },
  {
    event: 'security_file_receive',
    act: 'a file is passed over a socket',
    script: 'echo text >file; exec $ACTS/act-files receive',
    expects: ({ directory }) => ({
      pathname: `${directory}/file`,
      flags: /^O_RDONLY/,
      inode: (value) => Number(value) > 0,
      mode: (value) => typeof value === 'string' || (Number(value) & 0o170000) === 0o100000,
    }),
  },
];

/** A mode, or the names of its bits. */
function isMode(mode: number): (value: unknown) => boolean {
  return (value) => value === mode || (typeof value === 'string' && value.startsWith('S_IF'));
}
