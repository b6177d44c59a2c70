/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Generated from runtime/src/events by `npm run generate`. Do not edit. */
#ifndef TRACEE_GENERATED_EVENTS_H
#define TRACEE_GENERATED_EVENTS_H

#define TRACEE_ABI "49ed11914f8102fd05dc8fea04d177b38ab691975b6f6e1227fb712ec0bfe68a"

#define MAX_ARGUMENTS 8
#define MAX_ANCESTORS 8
#define MAX_STACK_FRAMES 20
#define MAX_EVENTS 2048
#define MAX_SYSCALLS 512
#define MAX_RECORD_SIZE 8192
#define MAX_STRING_SIZE 4096
#define MAX_STRINGS 64
#define MAX_ADDRESS_SIZE 128
#define MAX_PATH_COMPONENTS 48
#define MAX_FILTER_VALUES 16
#define MAX_FILTER_NAMES 8
#define MAX_SCOPE_FILTERS 16
#define MAX_SCOPE_FILTER_VALUES 16
#define MAX_STRING_ARRAYS 2
#define MAX_CAPTURE_PIECE 16384
#define MAX_CAPTURE_PREFIXES 3
#define MAX_CAPTURE_PREFIX_WORDS 8
#define MAX_CAPTURE_KINDS 5
#define CUT_BIT 0x80000000U
#define WIRES_READ_ON_ENTRY 0x80000000U

#define RECORD_COMPAT 1
#define RECORD_ANCESTRY 2
#define RECORD_ANCESTRY_CUT 4
#define RECORD_FORKED 8
#define RECORD_TERMINAL 16
#define RECORD_FOLLOWED 32
#define RECORD_STACK 64

#define STORAGE_DISK 0
#define STORAGE_UNLINKED 1
#define STORAGE_MEMORY 2
#define STORAGE_TMPFS 3

#define CHECK_STDIO_SOCKET 1
#define CHECK_SECURITY_FILE_OPEN 2
#define CHECK_SECURITY_MMAP_FILE 4
#define CHECK_SECURITY_FILE_MPROTECT 8
#define CHECK_SECURITY_INODE_UNLINK 16
#define CHECK_SECURITY_KERNEL_READ_FILE 32
#define CHECK_SECURITY_KERNEL_LOAD_DATA 64
#define CHECK_SCHED_PROCESS_EXEC 128
#define CHECK_LOADER_ENVIRONMENT 256
#define CHECK_SECURITY_INODE_RENAME 512
#define CHECK_SECURITY_INODE_LINK 1024
#define CHECK_SECURITY_INODE_SYMLINK 2048
#define CHECK_SECURITY_SB_MOUNT 4096
#define CHECK_SECURITY_MOVE_MOUNT 8192
#define CHECK_SECURITY_PATH_TRUNCATE 16384
#define CHECK_MEM_WRITE 32768
#define CHECK_SECURITY_PTRACE_TRACEME 65536
#define CHECK_MEMORY_FILE_OPEN 1048576
#define CHECK_PROC_PID_STATUS 131072
#define CHECK_SECCOMP_FILTER 262144
#define CHECK_VFS_WRITE 268435456
#define CHECK_VFS_WRITEV 536870912
#define CHECK_MAGIC_WRITE 1073741824

#define STDIO_EXEC 1
#define STDIO_DUP 2
#define STDIO_CONNECT 3
#define STDIO_ACCEPT 4
#define STDIO_RECEIVE 5

#define ORIGIN_UNKNOWN 0
#define ORIGIN_CONNECTED 1
#define ORIGIN_ACCEPTED 2

#define MAPPING_WRITABLE 1
#define MAPPING_WRITTEN 2
#define MAPPING_SHARED_WRITABLE 4
#define MAPPING_WRITTEN_BY_PROCESS 8
#define MAPPING_ANONYMOUS 16
#define MAPPING_READ_IMPLIES_EXEC 32

#define HOOK_TP_BTF 1
#define HOOK_TRAMPOLINE 2
#define HOOK_KPROBE 3
#define HOOK_RAW_TRACEPOINT 4
#define HOOK_LSM 5

#define SCOPE_ALL 1
#define SCOPE_PIDS 2
#define SCOPE_TREE 4
#define SCOPE_FILTERED 8
#define SCOPE_FOLLOW 16

#define FILTER_FIELD_UID 1
#define FILTER_FIELD_PID 2
#define FILTER_FIELD_TID 3
#define FILTER_FIELD_MNT_NS 4
#define FILTER_FIELD_PID_NS 5
#define FILTER_FIELD_COMM 6
#define FILTER_FIELD_UTS 7
#define FILTER_FIELD_BINARY 8
#define FILTER_FIELD_START_TIME 9
#define FILTER_FIELD_CONTAINER 10

#define FILTER_ONE_OF 1
#define FILTER_NONE_OF 2
#define FILTER_AT_LEAST 3
#define FILTER_AT_MOST 4
#define FILTER_FACTS 5

#define CONTAINER_INSIDE 1
#define CONTAINER_FRESH 2
#define CONTAINER_CHOSEN 4
#define CONTAINER_EXCLUDED 8

#define ROUTE_EVENTS 1
#define ROUTE_DETECTIONS 2

#define BUFFER_RING 1
#define BUFFER_PERF 2

#define WIRE_NONE 0
#define WIRE_I32 1
#define WIRE_U32 2
#define WIRE_I64 3
#define WIRE_U64 4
#define WIRE_POINTER 5
#define WIRE_STRING 6
#define WIRE_STRINGS 7
#define WIRE_ADDRESS 8
#define WIRE_BYTES 9
#define WIRE_ADDRESS_OUT 10

#define ENTRY_KEPT 1
#define ENTRY_TOLD 2

#define CAPTURE_WRITE 1
#define CAPTURE_EXEC 2
#define CAPTURE_MEM 3
#define CAPTURE_MODULE 4

#define CAPTURE_CALL_WRITE 1
#define CAPTURE_CALL_PWRITE 2
#define CAPTURE_CALL_WRITEV 3
#define CAPTURE_CALL_PWRITEV 4
#define CAPTURE_CALL_MPROTECT 5
#define CAPTURE_CALL_INIT_MODULE 6
#define CAPTURE_CALL_FINIT_MODULE 7

#define CAPTURED_NULL_DEVICE 1
#define CAPTURED_PATH_CUT 2
#define CAPTURED_BY_FILE 4

#define PART_FILE 1
#define PART_BYTES 2
#define PART_SCRIPT 3

#define EVENT_READ 0
#define EVENT_WRITE 1
#define EVENT_OPEN 2
#define EVENT_CLOSE 3
#define EVENT_STAT 4
#define EVENT_FSTAT 5
#define EVENT_LSTAT 6
#define EVENT_POLL 7
#define EVENT_LSEEK 8
#define EVENT_MMAP 9
#define EVENT_MPROTECT 10
#define EVENT_MUNMAP 11
#define EVENT_BRK 12
#define EVENT_RT_SIGACTION 13
#define EVENT_RT_SIGPROCMASK 14
#define EVENT_RT_SIGRETURN 15
#define EVENT_IOCTL 16
#define EVENT_PREAD64 17
#define EVENT_PWRITE64 18
#define EVENT_READV 19
#define EVENT_WRITEV 20
#define EVENT_ACCESS 21
#define EVENT_PIPE 22
#define EVENT_SELECT 23
#define EVENT_SCHED_YIELD 24
#define EVENT_MREMAP 25
#define EVENT_MSYNC 26
#define EVENT_MINCORE 27
#define EVENT_MADVISE 28
#define EVENT_SHMGET 29
#define EVENT_SHMAT 30
#define EVENT_SHMCTL 31
#define EVENT_DUP 32
#define EVENT_DUP2 33
#define EVENT_PAUSE 34
#define EVENT_NANOSLEEP 35
#define EVENT_GETITIMER 36
#define EVENT_ALARM 37
#define EVENT_SETITIMER 38
#define EVENT_GETPID 39
#define EVENT_SENDFILE 40
#define EVENT_SOCKET 41
#define EVENT_CONNECT 42
#define EVENT_ACCEPT 43
#define EVENT_SENDTO 44
#define EVENT_RECVFROM 45
#define EVENT_SENDMSG 46
#define EVENT_RECVMSG 47
#define EVENT_SHUTDOWN 48
#define EVENT_BIND 49
#define EVENT_LISTEN 50
#define EVENT_GETSOCKNAME 51
#define EVENT_GETPEERNAME 52
#define EVENT_SOCKETPAIR 53
#define EVENT_SETSOCKOPT 54
#define EVENT_GETSOCKOPT 55
#define EVENT_CLONE 56
#define EVENT_FORK 57
#define EVENT_VFORK 58
#define EVENT_EXECVE 59
#define EVENT_EXIT 60
#define EVENT_WAIT4 61
#define EVENT_KILL 62
#define EVENT_UNAME 63
#define EVENT_SEMGET 64
#define EVENT_SEMOP 65
#define EVENT_SEMCTL 66
#define EVENT_SHMDT 67
#define EVENT_MSGGET 68
#define EVENT_MSGSND 69
#define EVENT_MSGRCV 70
#define EVENT_MSGCTL 71
#define EVENT_FCNTL 72
#define EVENT_FLOCK 73
#define EVENT_FSYNC 74
#define EVENT_FDATASYNC 75
#define EVENT_TRUNCATE 76
#define EVENT_FTRUNCATE 77
#define EVENT_GETDENTS 78
#define EVENT_GETCWD 79
#define EVENT_CHDIR 80
#define EVENT_FCHDIR 81
#define EVENT_RENAME 82
#define EVENT_MKDIR 83
#define EVENT_RMDIR 84
#define EVENT_CREAT 85
#define EVENT_LINK 86
#define EVENT_UNLINK 87
#define EVENT_SYMLINK 88
#define EVENT_READLINK 89
#define EVENT_CHMOD 90
#define EVENT_FCHMOD 91
#define EVENT_CHOWN 92
#define EVENT_FCHOWN 93
#define EVENT_LCHOWN 94
#define EVENT_UMASK 95
#define EVENT_GETTIMEOFDAY 96
#define EVENT_GETRLIMIT 97
#define EVENT_GETRUSAGE 98
#define EVENT_SYSINFO 99
#define EVENT_TIMES 100
#define EVENT_PTRACE 101
#define EVENT_GETUID 102
#define EVENT_SYSLOG 103
#define EVENT_GETGID 104
#define EVENT_SETUID 105
#define EVENT_SETGID 106
#define EVENT_GETEUID 107
#define EVENT_GETEGID 108
#define EVENT_SETPGID 109
#define EVENT_GETPPID 110
#define EVENT_GETPGRP 111
#define EVENT_SETSID 112
#define EVENT_SETREUID 113
#define EVENT_SETREGID 114
#define EVENT_GETGROUPS 115
#define EVENT_SETGROUPS 116
#define EVENT_SETRESUID 117
#define EVENT_GETRESUID 118
#define EVENT_SETRESGID 119
#define EVENT_GETRESGID 120
#define EVENT_GETPGID 121
#define EVENT_SETFSUID 122
#define EVENT_SETFSGID 123
#define EVENT_GETSID 124
#define EVENT_CAPGET 125
#define EVENT_CAPSET 126
#define EVENT_RT_SIGPENDING 127
#define EVENT_RT_SIGTIMEDWAIT 128
#define EVENT_RT_SIGQUEUEINFO 129
#define EVENT_RT_SIGSUSPEND 130
#define EVENT_SIGALTSTACK 131
#define EVENT_UTIME 132
#define EVENT_MKNOD 133
#define EVENT_USELIB 134
#define EVENT_PERSONALITY 135
#define EVENT_USTAT 136
#define EVENT_STATFS 137
#define EVENT_FSTATFS 138
#define EVENT_SYSFS 139
#define EVENT_GETPRIORITY 140
#define EVENT_SETPRIORITY 141
#define EVENT_SCHED_SETPARAM 142
#define EVENT_SCHED_GETPARAM 143
#define EVENT_SCHED_SETSCHEDULER 144
#define EVENT_SCHED_GETSCHEDULER 145
#define EVENT_SCHED_GET_PRIORITY_MAX 146
#define EVENT_SCHED_GET_PRIORITY_MIN 147
#define EVENT_SCHED_RR_GET_INTERVAL 148
#define EVENT_MLOCK 149
#define EVENT_MUNLOCK 150
#define EVENT_MLOCKALL 151
#define EVENT_MUNLOCKALL 152
#define EVENT_VHANGUP 153
#define EVENT_MODIFY_LDT 154
#define EVENT_PIVOT_ROOT 155
#define EVENT_SYSCTL 156
#define EVENT_PRCTL 157
#define EVENT_ARCH_PRCTL 158
#define EVENT_ADJTIMEX 159
#define EVENT_SETRLIMIT 160
#define EVENT_CHROOT 161
#define EVENT_SYNC 162
#define EVENT_ACCT 163
#define EVENT_SETTIMEOFDAY 164
#define EVENT_MOUNT 165
#define EVENT_UMOUNT 166
#define EVENT_SWAPON 167
#define EVENT_SWAPOFF 168
#define EVENT_REBOOT 169
#define EVENT_SETHOSTNAME 170
#define EVENT_SETDOMAINNAME 171
#define EVENT_IOPL 172
#define EVENT_IOPERM 173
#define EVENT_CREATE_MODULE 174
#define EVENT_INIT_MODULE 175
#define EVENT_DELETE_MODULE 176
#define EVENT_GET_KERNEL_SYMS 177
#define EVENT_QUERY_MODULE 178
#define EVENT_QUOTACTL 179
#define EVENT_NFSSERVCTL 180
#define EVENT_GETPMSG 181
#define EVENT_PUTPMSG 182
#define EVENT_AFS 183
#define EVENT_TUXCALL 184
#define EVENT_SECURITY 185
#define EVENT_GETTID 186
#define EVENT_READAHEAD 187
#define EVENT_SETXATTR 188
#define EVENT_LSETXATTR 189
#define EVENT_FSETXATTR 190
#define EVENT_GETXATTR 191
#define EVENT_LGETXATTR 192
#define EVENT_FGETXATTR 193
#define EVENT_LISTXATTR 194
#define EVENT_LLISTXATTR 195
#define EVENT_FLISTXATTR 196
#define EVENT_REMOVEXATTR 197
#define EVENT_LREMOVEXATTR 198
#define EVENT_FREMOVEXATTR 199
#define EVENT_TKILL 200
#define EVENT_TIME 201
#define EVENT_FUTEX 202
#define EVENT_SCHED_SETAFFINITY 203
#define EVENT_SCHED_GETAFFINITY 204
#define EVENT_SET_THREAD_AREA 205
#define EVENT_IO_SETUP 206
#define EVENT_IO_DESTROY 207
#define EVENT_IO_GETEVENTS 208
#define EVENT_IO_SUBMIT 209
#define EVENT_IO_CANCEL 210
#define EVENT_GET_THREAD_AREA 211
#define EVENT_LOOKUP_DCOOKIE 212
#define EVENT_EPOLL_CREATE 213
#define EVENT_EPOLL_CTL_OLD 214
#define EVENT_EPOLL_WAIT_OLD 215
#define EVENT_REMAP_FILE_PAGES 216
#define EVENT_GETDENTS64 217
#define EVENT_SET_TID_ADDRESS 218
#define EVENT_RESTART_SYSCALL 219
#define EVENT_SEMTIMEDOP 220
#define EVENT_FADVISE64 221
#define EVENT_TIMER_CREATE 222
#define EVENT_TIMER_SETTIME 223
#define EVENT_TIMER_GETTIME 224
#define EVENT_TIMER_GETOVERRUN 225
#define EVENT_TIMER_DELETE 226
#define EVENT_CLOCK_SETTIME 227
#define EVENT_CLOCK_GETTIME 228
#define EVENT_CLOCK_GETRES 229
#define EVENT_CLOCK_NANOSLEEP 230
#define EVENT_EXIT_GROUP 231
#define EVENT_EPOLL_WAIT 232
#define EVENT_EPOLL_CTL 233
#define EVENT_TGKILL 234
#define EVENT_UTIMES 235
#define EVENT_VSERVER 236
#define EVENT_MBIND 237
#define EVENT_SET_MEMPOLICY 238
#define EVENT_GET_MEMPOLICY 239
#define EVENT_MQ_OPEN 240
#define EVENT_MQ_UNLINK 241
#define EVENT_MQ_TIMEDSEND 242
#define EVENT_MQ_TIMEDRECEIVE 243
#define EVENT_MQ_NOTIFY 244
#define EVENT_MQ_GETSETATTR 245
#define EVENT_KEXEC_LOAD 246
#define EVENT_WAITID 247
#define EVENT_ADD_KEY 248
#define EVENT_REQUEST_KEY 249
#define EVENT_KEYCTL 250
#define EVENT_IOPRIO_SET 251
#define EVENT_IOPRIO_GET 252
#define EVENT_INOTIFY_INIT 253
#define EVENT_INOTIFY_ADD_WATCH 254
#define EVENT_INOTIFY_RM_WATCH 255
#define EVENT_MIGRATE_PAGES 256
#define EVENT_OPENAT 257
#define EVENT_MKDIRAT 258
#define EVENT_MKNODAT 259
#define EVENT_FCHOWNAT 260
#define EVENT_FUTIMESAT 261
#define EVENT_NEWFSTATAT 262
#define EVENT_UNLINKAT 263
#define EVENT_RENAMEAT 264
#define EVENT_LINKAT 265
#define EVENT_SYMLINKAT 266
#define EVENT_READLINKAT 267
#define EVENT_FCHMODAT 268
#define EVENT_FACCESSAT 269
#define EVENT_PSELECT6 270
#define EVENT_PPOLL 271
#define EVENT_UNSHARE 272
#define EVENT_SET_ROBUST_LIST 273
#define EVENT_GET_ROBUST_LIST 274
#define EVENT_SPLICE 275
#define EVENT_TEE 276
#define EVENT_SYNC_FILE_RANGE 277
#define EVENT_VMSPLICE 278
#define EVENT_MOVE_PAGES 279
#define EVENT_UTIMENSAT 280
#define EVENT_EPOLL_PWAIT 281
#define EVENT_SIGNALFD 282
#define EVENT_TIMERFD_CREATE 283
#define EVENT_EVENTFD 284
#define EVENT_FALLOCATE 285
#define EVENT_TIMERFD_SETTIME 286
#define EVENT_TIMERFD_GETTIME 287
#define EVENT_ACCEPT4 288
#define EVENT_SIGNALFD4 289
#define EVENT_EVENTFD2 290
#define EVENT_EPOLL_CREATE1 291
#define EVENT_DUP3 292
#define EVENT_PIPE2 293
#define EVENT_INOTIFY_INIT1 294
#define EVENT_PREADV 295
#define EVENT_PWRITEV 296
#define EVENT_RT_TGSIGQUEUEINFO 297
#define EVENT_PERF_EVENT_OPEN 298
#define EVENT_RECVMMSG 299
#define EVENT_FANOTIFY_INIT 300
#define EVENT_FANOTIFY_MARK 301
#define EVENT_PRLIMIT64 302
#define EVENT_NAME_TO_HANDLE_AT 303
#define EVENT_OPEN_BY_HANDLE_AT 304
#define EVENT_CLOCK_ADJTIME 305
#define EVENT_SYNCFS 306
#define EVENT_SENDMMSG 307
#define EVENT_SETNS 308
#define EVENT_GETCPU 309
#define EVENT_PROCESS_VM_READV 310
#define EVENT_PROCESS_VM_WRITEV 311
#define EVENT_KCMP 312
#define EVENT_FINIT_MODULE 313
#define EVENT_SCHED_SETATTR 314
#define EVENT_SCHED_GETATTR 315
#define EVENT_RENAMEAT2 316
#define EVENT_SECCOMP 317
#define EVENT_GETRANDOM 318
#define EVENT_MEMFD_CREATE 319
#define EVENT_KEXEC_FILE_LOAD 320
#define EVENT_BPF 321
#define EVENT_EXECVEAT 322
#define EVENT_USERFAULTFD 323
#define EVENT_MEMBARRIER 324
#define EVENT_MLOCK2 325
#define EVENT_COPY_FILE_RANGE 326
#define EVENT_PREADV2 327
#define EVENT_PWRITEV2 328
#define EVENT_PKEY_MPROTECT 329
#define EVENT_PKEY_ALLOC 330
#define EVENT_PKEY_FREE 331
#define EVENT_STATX 332
#define EVENT_IO_PGETEVENTS 333
#define EVENT_RSEQ 334
#define EVENT_URETPROBE 335
#define EVENT_UPROBE 336
#define EVENT_PIDFD_SEND_SIGNAL 424
#define EVENT_IO_URING_SETUP 425
#define EVENT_IO_URING_ENTER 426
#define EVENT_IO_URING_REGISTER 427
#define EVENT_OPEN_TREE 428
#define EVENT_MOVE_MOUNT 429
#define EVENT_FSOPEN 430
#define EVENT_FSCONFIG 431
#define EVENT_FSMOUNT 432
#define EVENT_FSPICK 433
#define EVENT_PIDFD_OPEN 434
#define EVENT_CLONE3 435
#define EVENT_CLOSE_RANGE 436
#define EVENT_OPENAT2 437
#define EVENT_PIDFD_GETFD 438
#define EVENT_FACCESSAT2 439
#define EVENT_PROCESS_MADVISE 440
#define EVENT_EPOLL_PWAIT2 441
#define EVENT_MOUNT_SETATTR 442
#define EVENT_QUOTACTL_FD 443
#define EVENT_LANDLOCK_CREATE_RULESET 444
#define EVENT_LANDLOCK_ADD_RULE 445
#define EVENT_LANDLOCK_RESTRICT_SELF 446
#define EVENT_MEMFD_SECRET 447
#define EVENT_PROCESS_MRELEASE 448
#define EVENT_FUTEX_WAITV 449
#define EVENT_SET_MEMPOLICY_HOME_NODE 450
#define EVENT_CACHESTAT 451
#define EVENT_FCHMODAT2 452
#define EVENT_MAP_SHADOW_STACK 453
#define EVENT_FUTEX_WAKE 454
#define EVENT_FUTEX_WAIT 455
#define EVENT_FUTEX_REQUEUE 456
#define EVENT_STATMOUNT 457
#define EVENT_LISTMOUNT 458
#define EVENT_LSM_GET_SELF_ATTR 459
#define EVENT_LSM_SET_SELF_ATTR 460
#define EVENT_LSM_LIST_MODULES 461
#define EVENT_MSEAL 462
#define EVENT_SETXATTRAT 463
#define EVENT_GETXATTRAT 464
#define EVENT_LISTXATTRAT 465
#define EVENT_REMOVEXATTRAT 466
#define EVENT_OPEN_TREE_ATTR 467
#define EVENT_FILE_GETATTR 468
#define EVENT_FILE_SETATTR 469
#define EVENT_LISTNS 470
#define EVENT_RSEQ_SLICE_YIELD 471
#define EVENT_WAITPID 519
#define EVENT_OLDSTAT 530
#define EVENT_OLDUMOUNT 534
#define EVENT_STIME 537
#define EVENT_OLDFSTAT 540
#define EVENT_NICE 546
#define EVENT_SIGNAL 560
#define EVENT_OLDOLDUNAME 571
#define EVENT_SIGACTION 579
#define EVENT_SGETMASK 580
#define EVENT_SSETMASK 581
#define EVENT_SIGSUSPEND 584
#define EVENT_SIGPENDING 585
#define EVENT_OLD_SELECT 594
#define EVENT_OLDLSTAT 596
#define EVENT_READDIR 601
#define EVENT_OLD_MMAP 602
#define EVENT_SOCKETCALL 614
#define EVENT_OLDUNAME 621
#define EVENT_IPC 629
#define EVENT_SIGRETURN 631
#define EVENT_SIGPROCMASK 638
#define EVENT_LLSEEK 652
#define EVENT_TRUNCATE64 705
#define EVENT_FTRUNCATE64 706
#define EVENT_STATFS64 780
#define EVENT_FSTATFS64 781
#define EVENT_FADVISE64_64 784
#define EVENT_ARM_FADVISE64_64 890
#define EVENT_PCICONFIG_IOBASE 891
#define EVENT_PCICONFIG_READ 892
#define EVENT_PCICONFIG_WRITE 893
#define EVENT_SEND 909
#define EVENT_RECV 911
#define EVENT_ARM_SYNC_FILE_RANGE 961
#define EVENT_SYS_ENTER 1000
#define EVENT_SYS_EXIT 1001
#define EVENT_SCHED_PROCESS_FORK 1002
#define EVENT_SCHED_PROCESS_EXIT 1003
#define EVENT_DO_EXIT 1004
#define EVENT_VFS_WRITE 1006
#define EVENT_VFS_WRITEV 1007
#define EVENT_MAGIC_WRITE 1011
#define EVENT_CGROUP_ATTACH_TASK 1012
#define EVENT_SECURITY_BPRM_CHECK 1013
#define EVENT_SECURITY_FILE_OPEN 1014
#define EVENT_SECURITY_INODE_UNLINK 1015
#define EVENT_SECURITY_SB_MOUNT 1021
#define EVENT_SCHED_PROCESS_EXEC 1030
#define EVENT_SECURITY_INODE_RENAME 1031
#define EVENT_SECURITY_INODE_LINK 1032
#define EVENT_SECURITY_INODE_SYMLINK 1033
#define EVENT_SECURITY_PATH_TRUNCATE 1034
#define EVENT_SECURITY_MOVE_MOUNT 1035
#define EVENT_SECURITY_KERNEL_READ_FILE 1036
#define EVENT_SECURITY_KERNEL_LOAD_DATA 1037
#define EVENT_SECURITY_MMAP_FILE 1038
#define EVENT_SECURITY_FILE_MPROTECT 1039
#define EVENT_MEM_WRITE 1040
#define EVENT_SECURITY_PTRACE_TRACEME 1041
#define EVENT_LOADER_ENVIRONMENT 1042
#define EVENT_SIGNAL_GENERATE 1043
#define EVENT_MODULE_LOAD 1044
#define EVENT_STDIO_SOCKET 1045
#define EVENT_MODULE_REQUEST 1046
#define EVENT_MEMORY_FILE_OPEN 1047
#define EVENT_PROC_PID_STATUS 1050
#define EVENT_SECCOMP_FILTER 1051
#define EVENT_CGROUP_MKDIR 1100
#define EVENT_CGROUP_RMDIR 1101
#define EVENT_MODULE_FREE 1102
#define EVENT_SIGNAL_DELIVER 1103
#define EVENT_IO_URING_SUBMIT_SQE 1104
#define EVENT_IO_URING_QUEUE_ASYNC_WORK 1105

/* What each program is called where it finds its own scratch memory. */
#define PROGRAM_TP_BTF__SYS_ENTER 0
#define PROGRAM_RAW_TP__SYS_ENTER 1
#define PROGRAM_TP_BTF__SYS_EXIT 2
#define PROGRAM_RAW_TP__SYS_EXIT 3
#define PROGRAM_FENTRY__SYSCALL_0 4
#define PROGRAM_FENTRY__SYSCALL_1 5
#define PROGRAM_FENTRY__SYSCALL_2 6
#define PROGRAM_FENTRY__SYSCALL_3 7
#define PROGRAM_FEXIT__SYSCALL_0 8
#define PROGRAM_FEXIT__SYSCALL_1 9
#define PROGRAM_FEXIT__SYSCALL_2 10
#define PROGRAM_FEXIT__SYSCALL_3 11
#define PROGRAM_FEXIT__SYSCALL_4 12
#define PROGRAM_FEXIT__SYSCALL_5 13
#define PROGRAM_FEXIT__SYSCALL_6 14
#define PROGRAM_FEXIT__SYSCALL_7 15
#define PROGRAM_FEXIT__SYSCALL_8 16
#define PROGRAM_FEXIT__SYSCALL_9 17
#define PROGRAM_FEXIT__SYSCALL_10 18
#define PROGRAM_FEXIT__SYSCALL_11 19
#define PROGRAM_FEXIT__SYSCALL_12 20
#define PROGRAM_FEXIT__SYSCALL_13 21
#define PROGRAM_FEXIT__SYSCALL_14 22
#define PROGRAM_FEXIT__SYSCALL_15 23
#define PROGRAM_FEXIT__SYSCALL_16 24
#define PROGRAM_FEXIT__SYSCALL_17 25
#define PROGRAM_FEXIT__SYSCALL_18 26
#define PROGRAM_FEXIT__SYSCALL_19 27
#define PROGRAM_FEXIT__SYSCALL_20 28
#define PROGRAM_FEXIT__SYSCALL_21 29
#define PROGRAM_FEXIT__SYSCALL_22 30
#define PROGRAM_FEXIT__SYSCALL_23 31
#define PROGRAM_FEXIT__SYSCALL_24 32
#define PROGRAM_FEXIT__SYSCALL_25 33
#define PROGRAM_FEXIT__SYSCALL_26 34
#define PROGRAM_FEXIT__SYSCALL_27 35
#define PROGRAM_FEXIT__SYSCALL_28 36
#define PROGRAM_FEXIT__SYSCALL_29 37
#define PROGRAM_FEXIT__SYSCALL_30 38
#define PROGRAM_FEXIT__SYSCALL_31 39
#define PROGRAM_FEXIT__SYSCALL_32 40
#define PROGRAM_FEXIT__SYSCALL_33 41
#define PROGRAM_FEXIT__SYSCALL_34 42
#define PROGRAM_FEXIT__SYSCALL_35 43
#define PROGRAM_FEXIT__SYSCALL_36 44
#define PROGRAM_FEXIT__SYSCALL_37 45
#define PROGRAM_FEXIT__SYSCALL_38 46
#define PROGRAM_FEXIT__SYSCALL_39 47
#define PROGRAM_KPROBE__SYSCALL 48
#define PROGRAM_KRETPROBE__SYSCALL 49
#define PROGRAM_TP_BTF__EVERY_CALL 50
#define PROGRAM_RAW_TP__EVERY_CALL 51
#define PROGRAM_TP_BTF__EVERY_RETURN 52
#define PROGRAM_RAW_TP__EVERY_RETURN 53
#define PROGRAM_TP_BTF__SCHED_PROCESS_FORK 54
#define PROGRAM_RAW_TP__SCHED_PROCESS_FORK 55
#define PROGRAM_TP_BTF__SCHED_PROCESS_EXIT 56
#define PROGRAM_RAW_TP__SCHED_PROCESS_EXIT 57
#define PROGRAM_FENTRY__DO_EXIT 58
#define PROGRAM_KPROBE__DO_EXIT 59
#define PROGRAM_TP_BTF__DO_EXIT 60
#define PROGRAM_RAW_TP__DO_EXIT 61
#define PROGRAM_FEXIT__VFS_WRITE 62
#define PROGRAM_KPROBE__VFS_WRITE 63
#define PROGRAM_KRETPROBE__VFS_WRITE 64
#define PROGRAM_FEXIT__VFS_WRITEV 65
#define PROGRAM_KPROBE__VFS_WRITEV 66
#define PROGRAM_KRETPROBE__VFS_WRITEV 67
#define PROGRAM_TP_BTF__CGROUP_ATTACH_TASK 68
#define PROGRAM_RAW_TP__CGROUP_ATTACH_TASK 69
#define PROGRAM_FENTRY__SECURITY_BPRM_CHECK 70
#define PROGRAM_KPROBE__SECURITY_BPRM_CHECK 71
#define PROGRAM_LSM__BPRM_CHECK_SECURITY 72
#define PROGRAM_FENTRY__SECURITY_FILE_OPEN 73
#define PROGRAM_KPROBE__SECURITY_FILE_OPEN 74
#define PROGRAM_LSM__FILE_OPEN 75
#define PROGRAM_FENTRY__SECURITY_INODE_UNLINK 76
#define PROGRAM_KPROBE__SECURITY_INODE_UNLINK 77
#define PROGRAM_LSM__INODE_UNLINK 78
#define PROGRAM_FENTRY__SECURITY_SB_MOUNT 79
#define PROGRAM_KPROBE__SECURITY_SB_MOUNT 80
#define PROGRAM_LSM__SB_MOUNT 81
#define PROGRAM_TP_BTF__SCHED_PROCESS_EXEC 82
#define PROGRAM_RAW_TP__SCHED_PROCESS_EXEC 83
#define PROGRAM_FENTRY__SECURITY_INODE_RENAME 84
#define PROGRAM_KPROBE__SECURITY_INODE_RENAME 85
#define PROGRAM_LSM__INODE_RENAME 86
#define PROGRAM_FENTRY__SECURITY_INODE_LINK 87
#define PROGRAM_KPROBE__SECURITY_INODE_LINK 88
#define PROGRAM_LSM__INODE_LINK 89
#define PROGRAM_FENTRY__SECURITY_INODE_SYMLINK 90
#define PROGRAM_KPROBE__SECURITY_INODE_SYMLINK 91
#define PROGRAM_LSM__INODE_SYMLINK 92
#define PROGRAM_FENTRY__SECURITY_PATH_TRUNCATE 93
#define PROGRAM_KPROBE__SECURITY_PATH_TRUNCATE 94
#define PROGRAM_LSM__PATH_TRUNCATE 95
#define PROGRAM_FENTRY__SECURITY_MOVE_MOUNT 96
#define PROGRAM_KPROBE__SECURITY_MOVE_MOUNT 97
#define PROGRAM_LSM__MOVE_MOUNT 98
#define PROGRAM_FENTRY__SECURITY_KERNEL_READ_FILE 99
#define PROGRAM_KPROBE__SECURITY_KERNEL_READ_FILE 100
#define PROGRAM_LSM__KERNEL_READ_FILE 101
#define PROGRAM_FENTRY__SECURITY_KERNEL_LOAD_DATA 102
#define PROGRAM_KPROBE__SECURITY_KERNEL_LOAD_DATA 103
#define PROGRAM_LSM__KERNEL_LOAD_DATA 104
#define PROGRAM_FENTRY__SECURITY_MMAP_FILE 105
#define PROGRAM_KPROBE__SECURITY_MMAP_FILE 106
#define PROGRAM_LSM__MMAP_FILE 107
#define PROGRAM_FENTRY__SECURITY_FILE_MPROTECT 108
#define PROGRAM_KPROBE__SECURITY_FILE_MPROTECT 109
#define PROGRAM_LSM__FILE_MPROTECT 110
#define PROGRAM_FENTRY__MEM_WRITE 111
#define PROGRAM_KPROBE__MEM_WRITE 112
#define PROGRAM_FENTRY__SECURITY_PTRACE_TRACEME 113
#define PROGRAM_KPROBE__SECURITY_PTRACE_TRACEME 114
#define PROGRAM_LSM__PTRACE_TRACEME 115
#define PROGRAM_TP_BTF__SIGNAL_GENERATE 116
#define PROGRAM_RAW_TP__SIGNAL_GENERATE 117
#define PROGRAM_TP_BTF__MODULE_LOAD 118
#define PROGRAM_RAW_TP__MODULE_LOAD 119
#define PROGRAM_TP_BTF__MODULE_REQUEST 120
#define PROGRAM_RAW_TP__MODULE_REQUEST 121
#define PROGRAM_FENTRY__VFS_OPEN 122
#define PROGRAM_KPROBE__VFS_OPEN 123
#define PROGRAM_FENTRY__PROC_PID_STATUS 124
#define PROGRAM_KPROBE__PROC_PID_STATUS 125
#define PROGRAM_FENTRY__DO_SECCOMP 126
#define PROGRAM_KPROBE__DO_SECCOMP 127
#define PROGRAM_TP_BTF__CGROUP_MKDIR 128
#define PROGRAM_RAW_TP__CGROUP_MKDIR 129
#define PROGRAM_TP_BTF__CGROUP_RMDIR 130
#define PROGRAM_RAW_TP__CGROUP_RMDIR 131
#define PROGRAM_TP_BTF__MODULE_FREE 132
#define PROGRAM_RAW_TP__MODULE_FREE 133
#define PROGRAM_TP_BTF__SIGNAL_DELIVER 134
#define PROGRAM_RAW_TP__SIGNAL_DELIVER 135
#define PROGRAM_TP_BTF__SIGNAL_SENDER 136
#define PROGRAM_RAW_TP__SIGNAL_SENDER 137
#define PROGRAM_TP_BTF__IO_URING_SUBMIT_REQ 138
#define PROGRAM_RAW_TP__IO_URING_SUBMIT_REQ 139
#define PROGRAM_TP_BTF__IO_URING_SUBMIT_SQE 140
#define PROGRAM_RAW_TP__IO_URING_SUBMIT_SQE 141
#define PROGRAM_TP_BTF__IO_URING_QUEUE_ASYNC_WORK 142
#define PROGRAM_RAW_TP__IO_URING_QUEUE_ASYNC_WORK 143
#define PROGRAM_FEXIT__CAPTURE_WRITE 144
#define PROGRAM_FEXIT__CAPTURE_WRITEV 145
#define PROGRAM_KPROBE__CAPTURE_WRITE 146
#define PROGRAM_KPROBE__CAPTURE_WRITEV 147
#define PROGRAM_KRETPROBE__CAPTURE_WRITE 148
#define PROGRAM_TP_BTF__CAPTURE_EXEC 149
#define PROGRAM_RAW_TP__CAPTURE_EXEC 150
#define PROGRAM_FENTRY__CAPTURE_MPROTECT 151
#define PROGRAM_KPROBE__CAPTURE_MPROTECT 152
#define PROGRAM_FENTRY__CAPTURE_LOAD_DATA 153
#define PROGRAM_KPROBE__CAPTURE_LOAD_DATA 154
#define PROGRAM_FENTRY__CAPTURE_READ_FILE 155
#define PROGRAM_KPROBE__CAPTURE_READ_FILE 156
#define PROGRAM_TP_BTF__CAPTURE_CALLS 157
#define PROGRAM_RAW_TP__CAPTURE_CALLS 158

enum {
	SYS_ENTER__SYSCALL,
	SYS_ENTER__NUMBER,
};

enum {
	SYS_EXIT__SYSCALL,
	SYS_EXIT__NUMBER,
};

enum {
	SCHED_PROCESS_FORK__PARENT_TID,
	SCHED_PROCESS_FORK__PARENT_NS_TID,
	SCHED_PROCESS_FORK__PARENT_PID,
	SCHED_PROCESS_FORK__PARENT_NS_PID,
	SCHED_PROCESS_FORK__CHILD_TID,
	SCHED_PROCESS_FORK__CHILD_NS_TID,
	SCHED_PROCESS_FORK__CHILD_PID,
	SCHED_PROCESS_FORK__CHILD_NS_PID,
};

enum {
	SCHED_PROCESS_EXIT__EXIT_CODE,
	SCHED_PROCESS_EXIT__PROCESS_GROUP_EXIT,
};

enum {
	VFS_WRITE__PATHNAME,
	VFS_WRITE__DEV,
	VFS_WRITE__INODE,
	VFS_WRITE__COUNT,
	VFS_WRITE__POS,
};

enum {
	VFS_WRITEV__PATHNAME,
	VFS_WRITEV__DEV,
	VFS_WRITEV__INODE,
	VFS_WRITEV__VLEN,
	VFS_WRITEV__POS,
};

enum {
	MAGIC_WRITE__PATHNAME,
	MAGIC_WRITE__BYTES,
	MAGIC_WRITE__DEV,
	MAGIC_WRITE__INODE,
};

enum {
	CGROUP_ATTACH_TASK__CGROUP_PATH,
	CGROUP_ATTACH_TASK__COMM,
	CGROUP_ATTACH_TASK__PID,
	CGROUP_ATTACH_TASK__TID,
	CGROUP_ATTACH_TASK__IS_WHOLE_PROCESS,
	CGROUP_ATTACH_TASK__CGROUP_ID,
	CGROUP_ATTACH_TASK__HIERARCHY_ID,
};

enum {
	SECURITY_BPRM_CHECK__PATHNAME,
	SECURITY_BPRM_CHECK__DEV,
	SECURITY_BPRM_CHECK__INODE,
	SECURITY_BPRM_CHECK__STORAGE,
	SECURITY_BPRM_CHECK__SIZE,
};

enum {
	SECURITY_FILE_OPEN__PATHNAME,
	SECURITY_FILE_OPEN__FLAGS,
	SECURITY_FILE_OPEN__DEV,
	SECURITY_FILE_OPEN__INODE,
};

enum {
	SECURITY_INODE_UNLINK__PATHNAME,
	SECURITY_INODE_UNLINK__DEV,
	SECURITY_INODE_UNLINK__INODE,
	SECURITY_INODE_UNLINK__IS_OWN_EXECUTABLE,
};

enum {
	SECURITY_SB_MOUNT__DEV_NAME,
	SECURITY_SB_MOUNT__PATH,
	SECURITY_SB_MOUNT__TYPE,
	SECURITY_SB_MOUNT__FLAGS,
	SECURITY_SB_MOUNT__DIRECTORY,
};

enum {
	SCHED_PROCESS_EXEC__CMDPATH,
	SCHED_PROCESS_EXEC__PATHNAME,
	SCHED_PROCESS_EXEC__ARGV,
	SCHED_PROCESS_EXEC__DEV,
	SCHED_PROCESS_EXEC__INODE,
	SCHED_PROCESS_EXEC__STORAGE,
	SCHED_PROCESS_EXEC__SIZE,
};

enum {
	SECURITY_INODE_RENAME__OLD_PATH,
	SECURITY_INODE_RENAME__NEW_PATH,
	SECURITY_INODE_RENAME__DEV,
	SECURITY_INODE_RENAME__OLD_DIRECTORY,
	SECURITY_INODE_RENAME__NEW_DIRECTORY,
};

enum {
	SECURITY_INODE_LINK__OLD_PATH,
	SECURITY_INODE_LINK__NEW_PATH,
	SECURITY_INODE_LINK__DEV,
	SECURITY_INODE_LINK__DIRECTORY,
};

enum {
	SECURITY_INODE_SYMLINK__LINKPATH,
	SECURITY_INODE_SYMLINK__TARGET,
	SECURITY_INODE_SYMLINK__DEV,
	SECURITY_INODE_SYMLINK__DIRECTORY,
};

enum {
	SECURITY_PATH_TRUNCATE__PATHNAME,
	SECURITY_PATH_TRUNCATE__DEV,
	SECURITY_PATH_TRUNCATE__INODE,
};

enum {
	SECURITY_MOVE_MOUNT__FROM_PATH,
	SECURITY_MOVE_MOUNT__TO_PATH,
};

enum {
	SECURITY_KERNEL_READ_FILE__PATHNAME,
	SECURITY_KERNEL_READ_FILE__TYPE,
	SECURITY_KERNEL_READ_FILE__DEV,
	SECURITY_KERNEL_READ_FILE__INODE,
	SECURITY_KERNEL_READ_FILE__STORAGE,
};

enum {
	SECURITY_KERNEL_LOAD_DATA__TYPE,
	SECURITY_KERNEL_LOAD_DATA__PATHNAME,
	SECURITY_KERNEL_LOAD_DATA__DEV,
	SECURITY_KERNEL_LOAD_DATA__INODE,
	SECURITY_KERNEL_LOAD_DATA__STORAGE,
};

enum {
	SECURITY_MMAP_FILE__PATHNAME,
	SECURITY_MMAP_FILE__PROT,
	SECURITY_MMAP_FILE__FLAGS,
	SECURITY_MMAP_FILE__FACTS,
	SECURITY_MMAP_FILE__STORAGE,
	SECURITY_MMAP_FILE__DEV,
	SECURITY_MMAP_FILE__INODE,
};

enum {
	SECURITY_FILE_MPROTECT__PATHNAME,
	SECURITY_FILE_MPROTECT__ADDRESS,
	SECURITY_FILE_MPROTECT__LENGTH,
	SECURITY_FILE_MPROTECT__PROT,
	SECURITY_FILE_MPROTECT__PREVIOUS,
	SECURITY_FILE_MPROTECT__FACTS,
};

enum {
	MEM_WRITE__TARGET_PID,
	MEM_WRITE__TARGET_NS_PID,
	MEM_WRITE__TARGET_COMM,
	MEM_WRITE__ADDRESS,
	MEM_WRITE__LENGTH,
	MEM_WRITE__DATA,
	MEM_WRITE__IS_SELF,
	MEM_WRITE__IS_DATA,
};

enum {
	SECURITY_PTRACE_TRACEME__PARENT_PID,
	SECURITY_PTRACE_TRACEME__PARENT_NS_PID,
	SECURITY_PTRACE_TRACEME__PARENT_COMM,
};

enum {
	LOADER_ENVIRONMENT__PATHNAME,
	LOADER_ENVIRONMENT__VARIABLES,
	LOADER_ENVIRONMENT__OPTIONS,
	LOADER_ENVIRONMENT__SIZE,
	LOADER_ENVIRONMENT__SCANNED,
	LOADER_ENVIRONMENT__IS_SECURE,
};

enum {
	SIGNAL_GENERATE__SIGNAL,
	SIGNAL_GENERATE__CODE,
	SIGNAL_GENERATE__TARGET_PID,
	SIGNAL_GENERATE__TARGET_NS_PID,
	SIGNAL_GENERATE__IS_TRACED,
};

enum {
	MODULE_LOAD__NAME,
	MODULE_LOAD__TAINTS,
};

enum {
	STDIO_SOCKET__FD,
	STDIO_SOCKET__CAUSE,
	STDIO_SOCKET__ORIGIN,
	STDIO_SOCKET__TYPE,
	STDIO_SOCKET__LOCAL,
	STDIO_SOCKET__REMOTE,
	STDIO_SOCKET__INODE,
	STDIO_SOCKET__ARGV,
};

enum {
	MODULE_REQUEST__NAME,
	MODULE_REQUEST__IS_WAITING,
};

enum {
	MEMORY_FILE_OPEN__PATHNAME,
	MEMORY_FILE_OPEN__FLAGS,
	MEMORY_FILE_OPEN__STORAGE,
	MEMORY_FILE_OPEN__DEV,
	MEMORY_FILE_OPEN__INODE,
	MEMORY_FILE_OPEN__ARGV,
};

enum {
	PROC_PID_STATUS__TID,
	PROC_PID_STATUS__NS_TID,
	PROC_PID_STATUS__IS_PARENT,
};

enum {
	SECCOMP_FILTER__FLAGS,
	SECCOMP_FILTER__COUNT,
	SECCOMP_FILTER__PROGRAM,
};

enum {
	CGROUP_MKDIR__CGROUP_ID,
	CGROUP_MKDIR__CGROUP_PATH,
	CGROUP_MKDIR__HIERARCHY_ID,
};

enum {
	CGROUP_RMDIR__CGROUP_ID,
	CGROUP_RMDIR__CGROUP_PATH,
	CGROUP_RMDIR__HIERARCHY_ID,
};

enum {
	MODULE_FREE__NAME,
	MODULE_FREE__TAINTS,
};

enum {
	SIGNAL_DELIVER__SIGNAL,
	SIGNAL_DELIVER__CODE,
	SIGNAL_DELIVER__SENDER_PID,
	SIGNAL_DELIVER__SENDER_NS_PID,
	SIGNAL_DELIVER__SENDER_COMM,
	SIGNAL_DELIVER__ENDS_PROCESS,
	SIGNAL_DELIVER__DUMPS_CORE,
};

enum {
	IO_URING_SUBMIT_SQE__OPCODE,
	IO_URING_SUBMIT_SQE__FD,
	IO_URING_SUBMIT_SQE__PATHNAME,
	IO_URING_SUBMIT_SQE__USER_DATA,
	IO_URING_SUBMIT_SQE__FLAGS,
	IO_URING_SUBMIT_SQE__DEV,
	IO_URING_SUBMIT_SQE__INODE,
};

enum {
	IO_URING_QUEUE_ASYNC_WORK__OPCODE,
	IO_URING_QUEUE_ASYNC_WORK__PATHNAME,
	IO_URING_QUEUE_ASYNC_WORK__USER_DATA,
	IO_URING_QUEUE_ASYNC_WORK__DEV,
	IO_URING_QUEUE_ASYNC_WORK__INODE,
};

struct record_header {
	__u32 size; /* bytes of the whole record */
	__u16 event; /* event id */
	__u16 flags; /* RECORD_* */
	__u64 time; /* CLOCK_MONOTONIC */
	__s64 return_value; /* of a system call */
	__u64 start_time; /* of the process, since boot: with host_pid its identity */
	__u64 parent_start_time; /* of the parent, since boot */
	__u64 cgroup_id; /* inode number of the cgroup, in the hierarchy that config.cgroup_hierarchy names */
	__u32 host_tid;
	__u32 host_pid;
	__u32 host_ppid;
	__u32 ns_tid; /* as the process sees itself */
	__u32 ns_pid;
	__u32 ns_ppid;
	__u32 uid; /* real user id */
	__u32 mnt_ns; /* inode numbers of namespaces */
	__u32 pid_ns;
	__u32 cpu;
	__u16 arguments; /* bit n: argument n is there */
	__u8 hook; /* HOOK_*: what kind of hook saw it */
	__u8 ancestors; /* entries of the ancestry block in use */
	__u32 routes; /* ROUTE_* that it took */
	__u64 executable; /* path of the program file, a reference like a string argument */
	__u64 executable_inode;
	__u32 executable_dev; /* of its file system, major << 20 | minor */
	__u32 executable_uid; /* its owner, as the host counts */
	__u32 executable_links; /* 0: unlinked, or never linked */
	__u16 executable_mode; /* type and permissions */
	__u16 executable_storage; /* STORAGE_* */
	char comm[16];
	char uts_name[16]; /* host name, cut to 15 bytes */
	__u64 slots[8]; /* arguments */
};
_Static_assert(__builtin_offsetof(struct record_header, size) == 0, "size");
_Static_assert(__builtin_offsetof(struct record_header, event) == 4, "event");
_Static_assert(__builtin_offsetof(struct record_header, flags) == 6, "flags");
_Static_assert(__builtin_offsetof(struct record_header, time) == 8, "time");
_Static_assert(__builtin_offsetof(struct record_header, return_value) == 16, "return_value");
_Static_assert(__builtin_offsetof(struct record_header, start_time) == 24, "start_time");
_Static_assert(__builtin_offsetof(struct record_header, parent_start_time) == 32, "parent_start_time");
_Static_assert(__builtin_offsetof(struct record_header, cgroup_id) == 40, "cgroup_id");
_Static_assert(__builtin_offsetof(struct record_header, host_tid) == 48, "host_tid");
_Static_assert(__builtin_offsetof(struct record_header, host_pid) == 52, "host_pid");
_Static_assert(__builtin_offsetof(struct record_header, host_ppid) == 56, "host_ppid");
_Static_assert(__builtin_offsetof(struct record_header, ns_tid) == 60, "ns_tid");
_Static_assert(__builtin_offsetof(struct record_header, ns_pid) == 64, "ns_pid");
_Static_assert(__builtin_offsetof(struct record_header, ns_ppid) == 68, "ns_ppid");
_Static_assert(__builtin_offsetof(struct record_header, uid) == 72, "uid");
_Static_assert(__builtin_offsetof(struct record_header, mnt_ns) == 76, "mnt_ns");
_Static_assert(__builtin_offsetof(struct record_header, pid_ns) == 80, "pid_ns");
_Static_assert(__builtin_offsetof(struct record_header, cpu) == 84, "cpu");
_Static_assert(__builtin_offsetof(struct record_header, arguments) == 88, "arguments");
_Static_assert(__builtin_offsetof(struct record_header, hook) == 90, "hook");
_Static_assert(__builtin_offsetof(struct record_header, ancestors) == 91, "ancestors");
_Static_assert(__builtin_offsetof(struct record_header, routes) == 92, "routes");
_Static_assert(__builtin_offsetof(struct record_header, executable) == 96, "executable");
_Static_assert(__builtin_offsetof(struct record_header, executable_inode) == 104, "executable_inode");
_Static_assert(__builtin_offsetof(struct record_header, executable_dev) == 112, "executable_dev");
_Static_assert(__builtin_offsetof(struct record_header, executable_uid) == 116, "executable_uid");
_Static_assert(__builtin_offsetof(struct record_header, executable_links) == 120, "executable_links");
_Static_assert(__builtin_offsetof(struct record_header, executable_mode) == 124, "executable_mode");
_Static_assert(__builtin_offsetof(struct record_header, executable_storage) == 126, "executable_storage");
_Static_assert(__builtin_offsetof(struct record_header, comm) == 128, "comm");
_Static_assert(__builtin_offsetof(struct record_header, uts_name) == 144, "uts_name");
_Static_assert(__builtin_offsetof(struct record_header, slots) == 160, "slots");
_Static_assert(sizeof(struct record_header) == 224, "record_header");

struct ancestor {
	__u32 host_pid;
	__u32 ns_pid;
	__u64 start_time; /* nanoseconds since boot */
	char comm[16];
};
_Static_assert(__builtin_offsetof(struct ancestor, host_pid) == 0, "host_pid");
_Static_assert(__builtin_offsetof(struct ancestor, ns_pid) == 4, "ns_pid");
_Static_assert(__builtin_offsetof(struct ancestor, start_time) == 8, "start_time");
_Static_assert(__builtin_offsetof(struct ancestor, comm) == 16, "comm");
_Static_assert(sizeof(struct ancestor) == 32, "ancestor");

struct config {
	__u32 armed; /* nothing is traced while this is 0 */
	__u32 self_pid; /* the runtime itself: never traced */
	__u32 scope; /* SCOPE_* */
	__u32 wakeup; /* unread bytes of events past which to wake the reader; 0: always wake it */
	__u32 proving; /* calls of the runtime and its children count as proofs */
	__u32 filters; /* how many of scope_filters are in use */
	__u32 cgroup_hierarchy; /* 0: that of cgroup v2; else 1 more than the number of a controller of v1 */
	__u32 reserved;
	__u64 syscalls[8]; /* bitmap of selected native syscall numbers */
	__u64 compat_syscalls[8]; /* bitmap of selected 32-bit syscall numbers */
	__u8 scratch_slots[320]; /* where each program builds its records */
};
_Static_assert(__builtin_offsetof(struct config, armed) == 0, "armed");
_Static_assert(__builtin_offsetof(struct config, self_pid) == 4, "self_pid");
_Static_assert(__builtin_offsetof(struct config, scope) == 8, "scope");
_Static_assert(__builtin_offsetof(struct config, wakeup) == 12, "wakeup");
_Static_assert(__builtin_offsetof(struct config, proving) == 16, "proving");
_Static_assert(__builtin_offsetof(struct config, filters) == 20, "filters");
_Static_assert(__builtin_offsetof(struct config, cgroup_hierarchy) == 24, "cgroup_hierarchy");
_Static_assert(__builtin_offsetof(struct config, reserved) == 28, "reserved");
_Static_assert(__builtin_offsetof(struct config, syscalls) == 32, "syscalls");
_Static_assert(__builtin_offsetof(struct config, compat_syscalls) == 96, "compat_syscalls");
_Static_assert(__builtin_offsetof(struct config, scratch_slots) == 160, "scratch_slots");
_Static_assert(sizeof(struct config) == 480, "config");

struct event_config {
	__u8 routes; /* ROUTE_*: where its records go */
	__u8 wants_ancestry;
	__u8 is_read_on_entry; /* a syscall whose arguments are gone when it returns: ENTRY_* */
	__u8 filter_argument; /* which argument decides whether a record is a detection */
	__u8 filter_count; /* values in use; 0: every record is one */
	__u8 filter_wire; /* WIRE_* of that argument */
	__u8 string_arrays[2]; /* which arguments of a syscall are arrays of strings, others: none */
	__u8 wires[8]; /* WIRE_* of each argument of a syscall, WIRE_NONE for those not wanted */
	__u64 filter_values[16]; /* as the argument stands in its slot */
	__u8 filter_is_bits; /* the argument has one of the bits of the first value */
	__u8 name_count; /* names in use; 0: every file */
	__u8 reserved[2];
	__u32 checks; /* CHECK_*: what to look at when this syscall returns */
	__u64 names[16]; /* last components of paths, 16 bytes each, padded with zeros */
};
_Static_assert(__builtin_offsetof(struct event_config, routes) == 0, "routes");
_Static_assert(__builtin_offsetof(struct event_config, wants_ancestry) == 1, "wants_ancestry");
_Static_assert(__builtin_offsetof(struct event_config, is_read_on_entry) == 2, "is_read_on_entry");
_Static_assert(__builtin_offsetof(struct event_config, filter_argument) == 3, "filter_argument");
_Static_assert(__builtin_offsetof(struct event_config, filter_count) == 4, "filter_count");
_Static_assert(__builtin_offsetof(struct event_config, filter_wire) == 5, "filter_wire");
_Static_assert(__builtin_offsetof(struct event_config, string_arrays) == 6, "string_arrays");
_Static_assert(__builtin_offsetof(struct event_config, wires) == 8, "wires");
_Static_assert(__builtin_offsetof(struct event_config, filter_values) == 16, "filter_values");
_Static_assert(__builtin_offsetof(struct event_config, filter_is_bits) == 144, "filter_is_bits");
_Static_assert(__builtin_offsetof(struct event_config, name_count) == 145, "name_count");
_Static_assert(__builtin_offsetof(struct event_config, reserved) == 146, "reserved");
_Static_assert(__builtin_offsetof(struct event_config, checks) == 148, "checks");
_Static_assert(__builtin_offsetof(struct event_config, names) == 152, "names");
_Static_assert(sizeof(struct event_config) == 280, "event_config");

struct event_counts {
	__u64 produced;
	__u64 submitted;
	__u64 lost;
};
_Static_assert(__builtin_offsetof(struct event_counts, produced) == 0, "produced");
_Static_assert(__builtin_offsetof(struct event_counts, submitted) == 8, "submitted");
_Static_assert(__builtin_offsetof(struct event_counts, lost) == 16, "lost");
_Static_assert(sizeof(struct event_counts) == 24, "event_counts");

struct settings {
	__u32 buffer; /* BUFFER_* */
	__u32 events; /* CHECK_* of the selected events: the verifier never sees the code of others */
	__u32 carried; /* CHECK_* of the events that are looked at when a system call returns */
	__u32 wires; /* bit n: an argument of a selected system call has WIRE_* n; WIRES_READ_ON_ENTRY */
	__u32 stacks; /* records have the stack of the process */
	__u32 reserved;
};
_Static_assert(__builtin_offsetof(struct settings, buffer) == 0, "buffer");
_Static_assert(__builtin_offsetof(struct settings, events) == 4, "events");
_Static_assert(__builtin_offsetof(struct settings, carried) == 8, "carried");
_Static_assert(__builtin_offsetof(struct settings, wires) == 12, "wires");
_Static_assert(__builtin_offsetof(struct settings, stacks) == 16, "stacks");
_Static_assert(__builtin_offsetof(struct settings, reserved) == 20, "reserved");
_Static_assert(sizeof(struct settings) == 24, "settings");

struct scope_filter {
	__u32 field; /* FILTER_FIELD_* */
	__u32 operation; /* FILTER_*; 0: not in use */
	__u32 count; /* values in use */
	__u32 reserved;
	__u64 values[32]; /* pairs: a number and 0, 16 bytes of a name, inode and device of a file, or see CONTAINER_* */
};
_Static_assert(__builtin_offsetof(struct scope_filter, field) == 0, "field");
_Static_assert(__builtin_offsetof(struct scope_filter, operation) == 4, "operation");
_Static_assert(__builtin_offsetof(struct scope_filter, count) == 8, "count");
_Static_assert(__builtin_offsetof(struct scope_filter, reserved) == 12, "reserved");
_Static_assert(__builtin_offsetof(struct scope_filter, values) == 16, "values");
_Static_assert(sizeof(struct scope_filter) == 272, "scope_filter");

struct capture_header {
	__u32 size; /* bytes of the whole record */
	__u8 kind; /* CAPTURE_*: what is captured */
	__u8 part; /* PART_*: what stands behind this header */
	__u8 hook; /* HOOK_* */
	__u8 flags; /* CAPTURED_* */
	__u64 time; /* CLOCK_MONOTONIC; the same in all records of one capture */
	__u64 start_time; /* of the process, since boot */
	__u64 inode;
	__u64 offset; /* of the bytes: in the file, or from the beginning of the memory */
	__u64 total; /* bytes of the whole capture */
	__u32 dev; /* of the file system, major << 20 | minor */
	__u32 mode; /* type and permissions of the file */
	__u32 mnt_ns; /* inode number */
	__u32 host_pid;
	__u32 host_tid;
	__u32 ns_pid; /* as the process sees itself */
	__u32 length; /* bytes behind this header */
	__s32 descriptor; /* that the file is open on, -1 where nobody knows */
};
_Static_assert(__builtin_offsetof(struct capture_header, size) == 0, "size");
_Static_assert(__builtin_offsetof(struct capture_header, kind) == 4, "kind");
_Static_assert(__builtin_offsetof(struct capture_header, part) == 5, "part");
_Static_assert(__builtin_offsetof(struct capture_header, hook) == 6, "hook");
_Static_assert(__builtin_offsetof(struct capture_header, flags) == 7, "flags");
_Static_assert(__builtin_offsetof(struct capture_header, time) == 8, "time");
_Static_assert(__builtin_offsetof(struct capture_header, start_time) == 16, "start_time");
_Static_assert(__builtin_offsetof(struct capture_header, inode) == 24, "inode");
_Static_assert(__builtin_offsetof(struct capture_header, offset) == 32, "offset");
_Static_assert(__builtin_offsetof(struct capture_header, total) == 40, "total");
_Static_assert(__builtin_offsetof(struct capture_header, dev) == 48, "dev");
_Static_assert(__builtin_offsetof(struct capture_header, mode) == 52, "mode");
_Static_assert(__builtin_offsetof(struct capture_header, mnt_ns) == 56, "mnt_ns");
_Static_assert(__builtin_offsetof(struct capture_header, host_pid) == 60, "host_pid");
_Static_assert(__builtin_offsetof(struct capture_header, host_tid) == 64, "host_tid");
_Static_assert(__builtin_offsetof(struct capture_header, ns_pid) == 68, "ns_pid");
_Static_assert(__builtin_offsetof(struct capture_header, length) == 72, "length");
_Static_assert(__builtin_offsetof(struct capture_header, descriptor) == 76, "descriptor");
_Static_assert(sizeof(struct capture_header) == 80, "capture_header");

struct capture_config {
	__u32 kinds; /* bit n: CAPTURE_* n is asked for */
	__u32 prefixes; /* in use; 0: files of all paths */
	__u64 prefix_lengths[3];
	__u64 prefix_words[24]; /* 64 bytes of each, padded with zeros */
	__u64 prefix_masks[24]; /* which of them count */
	__u8 calls[1024]; /* CAPTURE_CALL_* of system calls; 32-bit callers stand MAX_SYSCALLS higher */
};
_Static_assert(__builtin_offsetof(struct capture_config, kinds) == 0, "kinds");
_Static_assert(__builtin_offsetof(struct capture_config, prefixes) == 4, "prefixes");
_Static_assert(__builtin_offsetof(struct capture_config, prefix_lengths) == 8, "prefix_lengths");
_Static_assert(__builtin_offsetof(struct capture_config, prefix_words) == 32, "prefix_words");
_Static_assert(__builtin_offsetof(struct capture_config, prefix_masks) == 224, "prefix_masks");
_Static_assert(__builtin_offsetof(struct capture_config, calls) == 416, "calls");
_Static_assert(sizeof(struct capture_config) == 1440, "capture_config");

struct capture_counts {
	__u64 submitted; /* records */
	__u64 lost; /* records for which the buffer had no room */
	__u64 lost_bytes; /* of content that was not handed on: no room, or more than one call may have */
	__u64 unread_bytes; /* of memory that could not be read */
};
_Static_assert(__builtin_offsetof(struct capture_counts, submitted) == 0, "submitted");
_Static_assert(__builtin_offsetof(struct capture_counts, lost) == 8, "lost");
_Static_assert(__builtin_offsetof(struct capture_counts, lost_bytes) == 16, "lost_bytes");
_Static_assert(__builtin_offsetof(struct capture_counts, unread_bytes) == 24, "unread_bytes");
_Static_assert(sizeof(struct capture_counts) == 32, "capture_counts");

#endif
