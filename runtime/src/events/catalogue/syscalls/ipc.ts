import type { EventDefinition } from '../../types.js';
import { prototype } from '../prototype.js';
import { call } from './call.js';

/** Between processes: messages, semaphores, shared memory, futexes, pipes. */
export const ipcCalls: readonly EventDefinition[] = [
  call('pipe', 'syscalls ipc ipc_pipe', prototype('int* pipefd')),
  call('shmget', 'syscalls ipc ipc_shm', prototype('key_t key, size_t size, int shmflg')),
  call('shmat', 'syscalls ipc ipc_shm', prototype('int shmid, const void* shmaddr, int shmflg')),
  call('shmctl', 'syscalls ipc ipc_shm', prototype('int shmid, int cmd, struct shmid_ds* buf')),
  call('semget', 'syscalls ipc ipc_sem', prototype('key_t key, int nsems, int semflg')),
  call('semop', 'syscalls ipc ipc_sem', prototype('int semid, struct sembuf* sops, size_t nsops')),
  call('semctl', 'syscalls ipc ipc_sem', prototype('int semid, int semnum, int cmd, unsigned long arg')),
  call('shmdt', 'syscalls ipc ipc_shm', prototype('const void* shmaddr')),
  call('msgget', 'syscalls ipc ipc_msgq', prototype('key_t key, int msgflg')),
  call(
    'msgsnd',
    'syscalls ipc ipc_msgq',
    prototype('int msqid, struct msgbuf* msgp, size_t msgsz, int msgflg'),
  ),
  call(
    'msgrcv',
    'syscalls ipc ipc_msgq',
    prototype('int msqid, struct msgbuf* msgp, size_t msgsz, long msgtyp, int msgflg'),
  ),
  call('msgctl', 'syscalls ipc ipc_msgq', prototype('int msqid, int cmd, struct msqid_ds* buf')),
  call(
    'futex',
    'syscalls ipc ipc_futex',
    prototype('int* uaddr, int futex_op, int val, const struct timespec* timeout, int* uaddr2, int val3'),
  ),
  call(
    'semtimedop',
    'syscalls ipc ipc_sem',
    prototype('int semid, struct sembuf* sops, size_t nsops, const struct timespec* timeout'),
  ),
  call(
    'mq_open',
    'syscalls ipc ipc_msgq',
    prototype('const char* name, int oflag, mode_t mode, struct mq_attr* attr'),
  ),
  call('mq_unlink', 'syscalls ipc ipc_msgq', prototype('const char* name')),
  call(
    'mq_timedsend',
    'syscalls ipc ipc_msgq',
    prototype(
      'mqd_t mqdes, const char* msg_ptr, size_t msg_len, unsigned int msg_prio, const struct timespec* abs_timeout',
    ),
  ),
  call(
    'mq_timedreceive',
    'syscalls ipc ipc_msgq',
    prototype(
      'mqd_t mqdes, void* msg_ptr, size_t msg_len, unsigned int* msg_prio, const struct timespec* abs_timeout',
    ),
  ),
  call('mq_notify', 'syscalls ipc ipc_msgq', prototype('mqd_t mqdes, const struct sigevent* sevp')),
  call(
    'mq_getsetattr',
    'syscalls ipc ipc_msgq',
    prototype('mqd_t mqdes, const struct mq_attr* newattr, struct mq_attr* oldattr'),
  ),
  call('set_robust_list', 'syscalls ipc ipc_futex', prototype('struct robust_list_head* head, size_t len')),
  call(
    'get_robust_list',
    'syscalls ipc ipc_futex',
    prototype('int pid, struct robust_list_head** head_ptr, size_t* len_ptr'),
  ),
  call(
    'splice',
    'syscalls ipc ipc_pipe',
    prototype('int fd_in, off_t* off_in, int fd_out, off_t* off_out, size_t len, unsigned int flags'),
  ),
  call('tee', 'syscalls ipc ipc_pipe', prototype('int fd_in, int fd_out, size_t len, unsigned int flags')),
  call(
    'vmsplice',
    'syscalls ipc ipc_pipe',
    prototype('int fd, const struct iovec* iov, unsigned long nr_segs, unsigned int flags'),
  ),
  call('pipe2', 'syscalls ipc ipc_pipe', prototype('int* pipefd, int flags')),
  call(
    'futex_waitv',
    'syscalls ipc ipc_futex',
    prototype(
      'struct futex_waitv* waiters, unsigned int nr_futexes, unsigned int flags, struct timespec* timeout, const clockid_t clockid',
    ),
  ),
  call(
    'futex_wake',
    'syscalls ipc ipc_futex',
    prototype('void* uaddr, unsigned long mask, int nr, unsigned int flags'),
  ),
  call(
    'futex_wait',
    'syscalls ipc ipc_futex',
    prototype(
      'void* uaddr, unsigned long val, unsigned long mask, unsigned int flags, struct timespec* timeout, const clockid_t clockid',
    ),
  ),
  call(
    'futex_requeue',
    'syscalls ipc ipc_futex',
    prototype('struct futex_waitv* waiters, unsigned int flags, int nr_wake, int nr_requeue'),
  ),
];
