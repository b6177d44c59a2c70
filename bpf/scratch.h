/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where a program builds its record. */
#ifndef TRACEE_SCRATCH_H
#define TRACEE_SCRATCH_H

/* A path is put together from its end in the last part, then copied to where the record goes on. */
#define PATH_BUFFER MAX_RECORD_SIZE
#define MAX_NAME_SIZE 256
#define SCRATCH_SIZE (MAX_RECORD_SIZE + MAX_STRING_SIZE + MAX_NAME_SIZE)

/* Calls between entry and return at one time, of those whose arguments are kept (execve). */
#define MAX_PENDING_CALLS 256

/*
 * A system call, for all that looks at it. It stands in a map and not on the stack, since there the verifier
 * knows what each branch has found out of it, and follows all that comes later once for each such knowledge.
 */
struct called {
	__u64 arguments[6];
	__s64 result;
	__u32 checks;
	__u32 event;
};

/* How far a path has been put together. */
struct walk {
	struct vfsmount *vfsmount;
	struct mount *mount;
	struct dentry *dentry;
};

/* The record, the path buffer, and what changes while an argument is read: see struct record. */
struct scratch {
	__u8 bytes[SCRATCH_SIZE];
	__u64 arguments[MAX_ARGUMENTS]; /* of a syscall, as its registers hold them */
	__u32 start;
	__u32 count;
	__u32 at;
	__u32 is_cut;
	struct called called;
	struct walk walk;
	__u64 address; /* that becomes a number: as_number() */
};

struct pending_call {
	__u8 bytes[MAX_RECORD_SIZE];
};

#endif
