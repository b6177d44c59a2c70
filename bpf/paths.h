/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where a file stands: writes paths into a record. */
#ifndef TRACEE_PATHS_H
#define TRACEE_PATHS_H

/*
 * Goes up one directory or one mount of the path that the program puts together: [at, MAX_STRING_SIZE) of the
 * path buffer is found. 0 at the root, and where there is no more room. By number, so that the verifier looks
 * at it once and not for each component.
 */
VERIFIED_ONCE int walk_up(__u64 program)
{
	struct config *config = get_config();
	struct scratch *scratch = config ? take_scratch(config, program) : NULL;
	struct dentry *dentry, *parent, *root;
	struct vfsmount *vfsmount;
	struct mount *mount;
	const unsigned char *name;
	__u64 at, size;
	int goes_on = 1;

	if (!scratch)
		return DONE;
	/* Copies, since only accesses through kernel types are relocated. */
	vfsmount = FRESH(scratch->walk.vfsmount);
	dentry = FRESH(scratch->walk.dentry);
	mount = FRESH(scratch->walk.mount);
	root = FIELD(vfsmount, mnt_root);
	parent = FIELD(dentry, d_parent);
	at = FRESH(scratch->at);
	if (dentry == root || dentry == parent) {
		struct mount *above = FIELD(mount, mnt_parent);

		if (dentry != root || mount == above) {
			FRESH(scratch->is_cut) = false;
			return DONE;
		}
		FRESH(scratch->walk.dentry) = FIELD(mount, mnt_mountpoint);
		FRESH(scratch->walk.mount) = above;
		FRESH(scratch->walk.vfsmount) = (void *)above + OFFSET_OF(struct mount, mnt);
		goto out;
	}
	size = FIELD(dentry, d_name.len) & (MAX_NAME_SIZE - 1);
	if (at < size + 1)
		return DONE;
	at -= size + 1;
	FRESH(scratch->at) = at;
	KEEP_AS_ONE(at);
	at &= MAX_STRING_SIZE - 1;
	scratch->bytes[PATH_BUFFER + at] = '/';
	name = FIELD(dentry, d_name.name);
	read_kernel(scratch->bytes + PATH_BUFFER + at + 1, size, name);
	FRESH(scratch->walk.dentry) = parent;
out:
	KEEP_AS_ONE(goes_on);
	return goes_on;
}

/*
 * The path of a file within its mount namespace, across mounts:
 *
 *   dentry -> d_parent ... until the root of the mount, then mnt_mountpoint in the parent mount, and so on
 *   until a mount that is its own parent. A file with no place in a tree (memfd, pipe) gives its bare name.
 *
 * Without a mount it is the path within the file system. Appends it to the record that the program builds,
 * and returns the reference to it. The addresses are numbers, so that the verifier looks at this once for
 * all.
 */
static __always_inline __u64 build_path(__u64 program, __u64 dentry, __u64 vfsmount)
{
	struct config *config = get_config();
	struct scratch *scratch = config ? take_scratch(config, program) : NULL;
	struct dentry *first = (struct dentry *)dentry;
	struct record record;
	__u64 end, at, length;

	if (!scratch)
		return DONE;
	record.scratch = scratch;
	record.header = (struct record_header *)scratch->bytes;
	FRESH(scratch->walk.dentry) = first;
	FRESH(scratch->walk.vfsmount) = (struct vfsmount *)vfsmount;
	FRESH(scratch->walk.mount) = (struct mount *)((void *)vfsmount - OFFSET_OF(struct mount, mnt));
	FRESH(scratch->at) = MAX_STRING_SIZE;
	FRESH(scratch->is_cut) = true;
	LOOP
	for (int i = 0; i < MAX_PATH_COMPONENTS; i++) {
		if (!walk_up(program))
			break;
	}
	end = FRESH(record.header->size);
	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return DONE;
	at = FRESH(scratch->at);
	KEEP_AS_ONE(at);
	if (at >= MAX_STRING_SIZE) {
		/* Either "/" itself, or a file outside any tree. */
		__u64 size = FIELD(first, d_name.len) & (MAX_NAME_SIZE - 1);
		const unsigned char *name = FIELD(first, d_name.name);

		read_kernel(scratch->bytes + end, size, name);
		return claim(&record, size, size, false);
	}
	length = MAX_STRING_SIZE - at;
	KEEP_AS_ONE(length);
	if (length > MAX_STRING_SIZE)
		return DONE;
	read_kernel(scratch->bytes + end, length, scratch->bytes + PATH_BUFFER + at);
	return claim(&record, length, FRESH(scratch->is_cut) ? 0 : length, FRESH(scratch->is_cut));
}

VERIFIED_ONCE __u64 append_path(__u64 program, __u64 dentry, __u64 vfsmount)
{
	return build_path(program, dentry, vfsmount);
}

static __always_inline __u64 put_path_bytes(struct record *record, const struct path *path)
{
	return append_path(record->program, (__u64)FIELD(path, dentry), (__u64)FIELD(path, mnt));
}

/* The same of a mount that stands nowhere yet (open_tree()): there it is the path within the file system. */
static __always_inline __u64 put_source_bytes(struct record *record, const struct path *path)
{
	struct vfsmount *vfsmount = FIELD(path, mnt);
	struct mount *mount = (void *)vfsmount - OFFSET_OF(struct mount, mnt);
	struct mount *above = FIELD(mount, mnt_parent);

	return append_path(record->program, (__u64)FIELD(path, dentry), above == mount ? 0 : (__u64)vfsmount);
}

/* The path within the file system, where the kernel tells no mount: "/ld.so.preload" of one mounted on /etc. */
static __always_inline void put_dentry_path(struct record *record, __u32 index, struct dentry *dentry)
{
	__u64 slot = append_path(record->program, as_number(record, dentry), 0);

	if (slot)
		put_number(record, index, slot);
}

/* Not by append_path(): there are eight calls at most, one in another. */
VERIFIED_ONCE int append_path_argument(__u64 program, __u64 index, __u64 address)
{
	const struct path *path = (const struct path *)address;
	struct record record = {};
	__u64 slot;

	if (!find_record(&record, program))
		return DONE;
	slot = build_path(program, (__u64)FIELD(path, dentry), (__u64)FIELD(path, mnt));
	if (slot)
		put_number(&record, index, slot);
	return DONE;
}

static __always_inline void put_path(struct record *record, __u32 index, const struct path *path)
{
	FOLLOW(append_path_argument(record->program, index, as_number(record, path)));
}

#endif
