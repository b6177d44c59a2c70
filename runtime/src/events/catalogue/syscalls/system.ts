import type { EventDefinition } from '../../types.js';
import { prototype } from '../prototype.js';
import { call } from './call.js';

/** The system as a whole: modules, keys, NUMA, BPF. */
export const systemCalls: readonly EventDefinition[] = [
  call('uname', 'syscalls system', prototype('struct utsname* buf')),
  call('sysinfo', 'syscalls system', prototype('struct sysinfo* info')),
  call('syslog', 'syscalls system', prototype('int type, void* bufp, int len')),
  call('personality', 'syscalls system', prototype('unsigned int persona')),
  call('vhangup', 'syscalls system', []),
  call('sysctl', 'syscalls system', prototype('struct __sysctl_args* args')),
  call('acct', 'syscalls system', prototype('const char* filename')),
  call('reboot', 'syscalls system', prototype('int magic, int magic2, int cmd, void* arg')),
  call('iopl', 'syscalls system', prototype('int level')),
  call('ioperm', 'syscalls system', prototype('unsigned long from, unsigned long num, int turn_on')),
  call('create_module', 'syscalls system system_module', []),
  call(
    'init_module',
    'default syscalls system system_module',
    prototype('void* module_image, unsigned long len, const char* param_values'),
  ),
  call('delete_module', 'default syscalls system system_module', prototype('const char* name, int flags')),
  call('get_kernel_syms', 'syscalls system system_module', []),
  call('query_module', 'syscalls system system_module', []),
  call('quotactl', 'syscalls system', prototype('int cmd, const char* special, int id, void* addr')),
  call('getpmsg', 'syscalls', []),
  call('putpmsg', 'syscalls', []),
  call('afs', 'syscalls', []),
  call('tuxcall', 'syscalls', []),
  call('security', 'syscalls', []),
  call(
    'remap_file_pages',
    'syscalls',
    prototype('void* addr, size_t size, int prot, size_t pgoff, int flags'),
  ),
  call('vserver', 'syscalls', []),
  call(
    'mbind',
    'syscalls system system_numa',
    prototype(
      'void* addr, unsigned long len, int mode, const unsigned long* nodemask, unsigned long maxnode, unsigned int flags',
    ),
  ),
  call(
    'set_mempolicy',
    'syscalls system system_numa',
    prototype('int mode, const unsigned long* nodemask, unsigned long maxnode'),
  ),
  call(
    'get_mempolicy',
    'syscalls system system_numa',
    prototype('int* mode, unsigned long* nodemask, unsigned long maxnode, void* addr, unsigned long flags'),
  ),
  call(
    'kexec_load',
    'syscalls system',
    prototype(
      'unsigned long entry, unsigned long nr_segments, struct kexec_segment* segments, unsigned long flags',
    ),
  ),
  call(
    'add_key',
    'syscalls system system_keys',
    prototype(
      'const char* type, const char* description, const void* payload, size_t plen, key_serial_t keyring',
    ),
  ),
  call(
    'request_key',
    'syscalls system system_keys',
    prototype(
      'const char* type, const char* description, const char* callout_info, key_serial_t dest_keyring',
    ),
  ),
  call(
    'keyctl',
    'syscalls system system_keys',
    prototype(
      'int operation, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5',
    ),
  ),
  call(
    'migrate_pages',
    'syscalls system system_numa',
    prototype(
      'int pid, unsigned long maxnode, const unsigned long* old_nodes, const unsigned long* new_nodes',
    ),
  ),
  call(
    'move_pages',
    'syscalls system system_numa',
    prototype('int pid, unsigned long count, const void** pages, const int* nodes, int* status, int flags'),
  ),
  call(
    'perf_event_open',
    'syscalls system',
    prototype('struct perf_event_attr* attr, pid_t pid, int cpu, int group_fd, unsigned long flags'),
  ),
  call(
    'getcpu',
    'syscalls system system_numa',
    prototype('unsigned int* cpu, unsigned int* node, struct getcpu_cache* tcache'),
  ),
  call(
    'finit_module',
    'default syscalls system system_module',
    prototype('int fd, const char* param_values, int flags'),
  ),
  call(
    'kexec_file_load',
    'syscalls system',
    prototype(
      'int kernel_fd, int initrd_fd, unsigned long cmdline_len, const char* cmdline, unsigned long flags',
    ),
  ),
  call('bpf', 'default syscalls system', prototype('int cmd, union bpf_attr* attr, unsigned int size')),
  call('userfaultfd', 'syscalls system', prototype('int flags')),
  call('rseq', 'syscalls', prototype('struct rseq* rseq, u32 rseq_len, int flags, u32 sig')),
  call('uretprobe', 'syscalls system', []),
  call('uprobe', 'syscalls system', []),
  call('io_uring_setup', 'syscalls', prototype('unsigned int entries, struct io_uring_params* p')),
  call(
    'io_uring_enter',
    'syscalls',
    prototype(
      'unsigned int fd, unsigned int to_submit, unsigned int min_complete, unsigned int flags, const void* argp, size_t argsz',
    ),
  ),
  call(
    'io_uring_register',
    'syscalls',
    prototype('unsigned int fd, unsigned int opcode, void* arg, unsigned int nr_args'),
  ),
  call('open_tree', 'syscalls', prototype('int dfd, const char* filename, unsigned int flags')),
  call('pidfd_open', 'syscalls', prototype('pid_t pid, unsigned int flags')),
  call('pidfd_getfd', 'syscalls', prototype('int pidfd, int fd, unsigned int flags')),
  call(
    'process_madvise',
    'syscalls',
    prototype('int pidfd, void* addr, size_t length, int advice, unsigned long flags'),
  ),
  call(
    'quotactl_fd',
    'syscalls system',
    prototype('unsigned int fd, unsigned int cmd, unsigned int id, void* addr'),
  ),
  call(
    'set_mempolicy_home_node',
    'syscalls system system_numa',
    prototype('unsigned long start, unsigned long len, unsigned long home_node, unsigned long flags'),
  ),
  call('lsm_list_modules', 'syscalls system', prototype('u64* ids, u32* size, u32 flags')),
];
