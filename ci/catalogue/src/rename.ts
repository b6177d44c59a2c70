/**
 * 32-bit programs have calls of their own beside those that they share by name with 64-bit ones: the same act with
 * wider numbers (`setuid32`, `stat64`, `futex_time64`), which is the same event, and old ones that take their
 * arguments otherwise, which are events of their own.
 */
export function eventOf32BitCall(name: string, isShared: (name: string) => boolean): string {
  const own = otherwise.get(name);
  if (own !== undefined) return own;
  const plain = name.replace(/(?:_time64|64|32)$/, '');
  return !isShared(name) && isShared(plain) ? plain : name;
}

/** 64-bit calls that the original called otherwise than the kernel does. */
export function eventOf64BitCall(name: string): string {
  return originally.get(name) ?? name;
}

const originally = new Map([
  ['umount2', 'umount'],
  ['_sysctl', 'sysctl'],
  ['afs_syscall', 'afs'],
]);

const otherwise = new Map([
  ['umount2', 'umount'],
  ['_newselect', 'select'],
  ['_llseek', 'llseek'],
  ['mmap2', 'mmap'],
  ['ugetrlimit', 'getrlimit'],
  ['fstatat64', 'newfstatat'],
  // In names that 64-bit calls have, with one argument that points to the others (`select`, `mmap`), or with less.
  ['umount', 'oldumount'],
  ['select', 'old_select'],
  ['mmap', 'old_mmap'],
  // Two registers for each offset, in other places.
  ['statfs64', 'statfs64'],
  ['fstatfs64', 'fstatfs64'],
  ['truncate64', 'truncate64'],
  ['ftruncate64', 'ftruncate64'],
  ['fadvise64_64', 'fadvise64_64'],
  ['arm_fadvise64_64', 'arm_fadvise64_64'],
]);
