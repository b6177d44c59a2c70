import type { EventDefinition } from '../../types.js';
import { prototype } from '../prototype.js';
import { call } from './call.js';

/** Signals. */
export const signalsCalls: readonly EventDefinition[] = [
  call(
    'rt_sigaction',
    'syscalls signals',
    prototype('int signum, const struct sigaction* act, struct sigaction* oldact, size_t sigsetsize'),
  ),
  call(
    'rt_sigprocmask',
    'syscalls signals',
    prototype('int how, sigset_t* set, sigset_t* oldset, size_t sigsetsize'),
  ),
  call('rt_sigreturn', 'syscalls signals', [], { isReadOnEntry: true, neverReturns: true }),
  call('pause', 'syscalls signals', []),
  call('kill', 'default syscalls signals', prototype('pid_t pid, int sig')),
  call('rt_sigpending', 'syscalls signals', prototype('sigset_t* set, size_t sigsetsize')),
  call(
    'rt_sigtimedwait',
    'syscalls signals',
    prototype('const sigset_t* set, siginfo_t* info, const struct timespec* timeout, size_t sigsetsize'),
  ),
  call('rt_sigqueueinfo', 'syscalls signals', prototype('pid_t tgid, int sig, siginfo_t* info')),
  call('rt_sigsuspend', 'syscalls signals', prototype('sigset_t* mask, size_t sigsetsize')),
  call('sigaltstack', 'syscalls signals', prototype('const stack_t* ss, stack_t* old_ss')),
  call('tkill', 'syscalls signals', prototype('int tid, int sig')),
  call('restart_syscall', 'syscalls signals', []),
  call('tgkill', 'syscalls signals', prototype('int tgid, int tid, int sig')),
  call('signalfd', 'syscalls signals', prototype('int fd, sigset_t* mask, int flags')),
  call('eventfd', 'syscalls signals', prototype('unsigned int initval, int flags')),
  call(
    'signalfd4',
    'syscalls signals',
    prototype('int fd, const sigset_t* mask, size_t sizemask, int flags'),
  ),
  call('eventfd2', 'syscalls signals', prototype('unsigned int initval, int flags')),
  call('rt_tgsigqueueinfo', 'syscalls signals', prototype('pid_t tgid, pid_t tid, int sig, siginfo_t* info')),
  call(
    'pidfd_send_signal',
    'syscalls signals',
    prototype('int pidfd, int sig, siginfo_t* info, unsigned int flags'),
  ),
];
