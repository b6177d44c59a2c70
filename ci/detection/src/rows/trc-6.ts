import { rowsOf } from './row.js';

/** Loading of kernel modules. */
export const moduleRows = rowsOf('TRC-6', 'km', [
  ['init-module-garbage', 'plain', 'km-load init'],
  ['finit-module-garbage', 'plain', 'km-load finit'],
  ['insmod-garbage', 'plain', 'sh km-insmod.sh garbage', { needs: ['busybox'] }],
  ['real', 'plain', 'km-load real module.ko', { isForVm: true, note: 'a module that loads' }],
  ['finit-forced', 'evasive', 'km-load finit-forced'],
  ['finit-module-memfd', 'evasive', 'km-load memfd'],
  ['finit-module-unlinked', 'evasive', 'km-load unlinked'],
  ['finit-compressed-flag', 'evasive', 'km-load compressed'],
  ['thread', 'evasive', 'km-load thread'],
  ['pid-namespace', 'evasive', 'km-load pid-namespace'],
  ['init-int80', 'evasive', 'km-load init-compat', { note: 'the 32-bit call' }],
  ['finit-int80', 'evasive', 'km-load finit-compat'],
  ['bpf-prog-load', 'signal', 'km-load bpf-program'],
  ['kexec-load-bad', 'signal', 'km-load kexec', { isForVm: true }],
  ['kexec-file-bad', 'signal', 'km-load kexec-file', { isForVm: true }],
  ['benign-insmod-missing', 'benign', 'sh test/attacks/km-insmod.sh missing', { needs: ['busybox'] }],
  ['benign-modprobe', 'benign', 'sh test/attacks/km-insmod.sh dry', { needs: ['busybox'] }],
]);
