/* Why some rows are not seen everywhere, where several have the same reason. */

export const ring =
  'io_uring does it without a system call, and only functions of the kernel see it: no kprobes or trampolines here';

export const scriptGone =
  'known by the text of its script, which is read when the event arrives: it had ended by then';

export const alias =
  'system calls name the path that the process used; where the file is in truth, only functions of the kernel see';
