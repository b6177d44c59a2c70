/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Generated from runtime/src/events by `npm run generate`. Do not edit. */
#ifndef TRACEE_GENERATED_EVENTS_H
#define TRACEE_GENERATED_EVENTS_H

#define TRACEE_ABI "65733b39cc55d925a82775b1231e9c586a5b38d792f034778fa10abee7ac4f2b"

#define MAX_ARGUMENTS 8
#define MAX_ANCESTORS 8
#define MAX_EVENTS 2048
#define MAX_SYSCALLS 512
#define MAX_RECORD_SIZE 8192
#define MAX_STRING_SIZE 4096
#define MAX_STRINGS 64
#define MAX_PATH_COMPONENTS 48
#define MAX_FILTER_VALUES 8
#define MAX_STRING_ARRAYS 2
#define CUT_BIT 0x80000000U

#define RECORD_COMPAT 1
#define RECORD_ANCESTRY 2
#define RECORD_ANCESTRY_CUT 4

#define HOOK_TP_BTF 1
#define HOOK_TRAMPOLINE 2
#define HOOK_KPROBE 3
#define HOOK_RAW_TRACEPOINT 4
#define HOOK_LSM 5

#define SCOPE_ALL 1
#define SCOPE_PIDS 2
#define SCOPE_TREE 4

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

#define EVENT_EXECVE 59
#define EVENT_PTRACE 101
#define EVENT_EXECVEAT 322
#define EVENT_SCHED_PROCESS_FORK 1002
#define EVENT_SCHED_PROCESS_EXIT 1003
#define EVENT_SECURITY_BPRM_CHECK 1013
#define EVENT_SECURITY_FILE_OPEN 1014
#define EVENT_SCHED_PROCESS_EXEC 1030

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
#define PROGRAM_KPROBE__SYSCALL 16
#define PROGRAM_KRETPROBE__SYSCALL 17
#define PROGRAM_TP_BTF__SCHED_PROCESS_FORK 18
#define PROGRAM_RAW_TP__SCHED_PROCESS_FORK 19
#define PROGRAM_TP_BTF__SCHED_PROCESS_EXEC 20
#define PROGRAM_RAW_TP__SCHED_PROCESS_EXEC 21
#define PROGRAM_TP_BTF__SCHED_PROCESS_EXIT 22
#define PROGRAM_RAW_TP__SCHED_PROCESS_EXIT 23
#define PROGRAM_FENTRY__SECURITY_BPRM_CHECK 24
#define PROGRAM_KPROBE__SECURITY_BPRM_CHECK 25
#define PROGRAM_LSM__BPRM_CHECK_SECURITY 26
#define PROGRAM_FENTRY__SECURITY_FILE_OPEN 27
#define PROGRAM_KPROBE__SECURITY_FILE_OPEN 28
#define PROGRAM_LSM__FILE_OPEN 29

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
	SECURITY_BPRM_CHECK__PATHNAME,
	SECURITY_BPRM_CHECK__DEV,
	SECURITY_BPRM_CHECK__INODE,
};

enum {
	SECURITY_FILE_OPEN__PATHNAME,
	SECURITY_FILE_OPEN__FLAGS,
	SECURITY_FILE_OPEN__DEV,
	SECURITY_FILE_OPEN__INODE,
};

enum {
	SCHED_PROCESS_EXEC__CMDPATH,
	SCHED_PROCESS_EXEC__PATHNAME,
	SCHED_PROCESS_EXEC__ARGV,
	SCHED_PROCESS_EXEC__DEV,
	SCHED_PROCESS_EXEC__INODE,
};

struct record_header {
	__u32 size; /* bytes of the whole record */
	__u16 event; /* event id */
	__u16 flags; /* RECORD_* */
	__u64 time; /* CLOCK_MONOTONIC */
	__s64 return_value; /* of a system call */
	__u64 start_time; /* of the process, since boot: with host_pid its identity */
	__u64 parent_start_time; /* of the parent, since boot */
	__u64 cgroup_id; /* inode number of the cgroup in the v2 hierarchy */
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
_Static_assert(__builtin_offsetof(struct record_header, comm) == 104, "comm");
_Static_assert(__builtin_offsetof(struct record_header, uts_name) == 120, "uts_name");
_Static_assert(__builtin_offsetof(struct record_header, slots) == 136, "slots");
_Static_assert(sizeof(struct record_header) == 200, "record_header");

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
	__u32 reserved;
	__u64 syscalls[8]; /* bitmap of selected native syscall numbers */
	__u64 compat_syscalls[8]; /* bitmap of selected 32-bit syscall numbers */
	__u8 scratch_slots[64]; /* where each program builds its records */
};
_Static_assert(__builtin_offsetof(struct config, armed) == 0, "armed");
_Static_assert(__builtin_offsetof(struct config, self_pid) == 4, "self_pid");
_Static_assert(__builtin_offsetof(struct config, scope) == 8, "scope");
_Static_assert(__builtin_offsetof(struct config, wakeup) == 12, "wakeup");
_Static_assert(__builtin_offsetof(struct config, proving) == 16, "proving");
_Static_assert(__builtin_offsetof(struct config, reserved) == 20, "reserved");
_Static_assert(__builtin_offsetof(struct config, syscalls) == 24, "syscalls");
_Static_assert(__builtin_offsetof(struct config, compat_syscalls) == 88, "compat_syscalls");
_Static_assert(__builtin_offsetof(struct config, scratch_slots) == 152, "scratch_slots");
_Static_assert(sizeof(struct config) == 216, "config");

struct event_config {
	__u8 routes; /* ROUTE_*: where its records go */
	__u8 wants_ancestry;
	__u8 is_read_on_entry; /* a syscall whose arguments are gone when it returns */
	__u8 filter_argument; /* which argument decides whether a record is a detection */
	__u8 filter_count; /* values in use; 0: every record is one */
	__u8 filter_wire; /* WIRE_* of that argument */
	__u8 string_arrays[2]; /* which arguments of a syscall are arrays of strings, others: none */
	__u8 wires[8]; /* WIRE_* of each argument of a syscall, WIRE_NONE for those not wanted */
	__u64 filter_values[8]; /* as the argument stands in its slot */
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
_Static_assert(sizeof(struct event_config) == 80, "event_config");

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
	__u32 reserved;
};
_Static_assert(__builtin_offsetof(struct settings, buffer) == 0, "buffer");
_Static_assert(__builtin_offsetof(struct settings, reserved) == 4, "reserved");
_Static_assert(sizeof(struct settings) == 8, "settings");

#endif
