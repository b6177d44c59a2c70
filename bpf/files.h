/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which file it was: writes paths and identities of files into a record. */
#ifndef TRACEE_FILES_H
#define TRACEE_FILES_H

/* A path being put together from its end: [at, MAX_STRING_SIZE) of the path buffer is found. */
struct walk {
	struct vfsmount *vfsmount;
	struct mount *mount;
	struct dentry *dentry;
};

/* Goes up one directory or one mount. False at the root, and where there is no more room. */
static __always_inline bool walk_up(struct scratch *scratch, struct walk *walk)
{
	/* Copies, since only accesses through kernel types are relocated. */
	struct vfsmount *vfsmount = walk->vfsmount;
	struct dentry *dentry = walk->dentry;
	struct mount *mount = walk->mount;
	struct dentry *root = FIELD(vfsmount, mnt_root);
	struct dentry *parent = FIELD(dentry, d_parent);
	const unsigned char *name;
	__u64 at = FRESH(scratch->at);
	__u64 size;

	if (dentry == root || dentry == parent) {
		struct mount *above = FIELD(mount, mnt_parent);

		if (dentry != root || mount == above) {
			FRESH(scratch->is_cut) = false;
			return false;
		}
		walk->dentry = FIELD(mount, mnt_mountpoint);
		walk->mount = above;
		walk->vfsmount = (void *)above + OFFSET_OF(struct mount, mnt);
		return true;
	}
	size = FIELD(dentry, d_name.len) & (MAX_NAME_SIZE - 1);
	if (at < size + 1)
		return false;
	at -= size + 1;
	FRESH(scratch->at) = at;
	KEEP_AS_ONE(at);
	at &= MAX_STRING_SIZE - 1;
	scratch->bytes[PATH_BUFFER + at] = '/';
	name = FIELD(dentry, d_name.name);
	read_kernel(scratch->bytes + PATH_BUFFER + at + 1, size, name);
	walk->dentry = parent;
	return true;
}

/*
 * The path of a file within its mount namespace, across mounts:
 *
 *   dentry -> d_parent ... until the root of the mount, then mnt_mountpoint in the parent mount, and so on
 *   until a mount that is its own parent. A file with no place in a tree (memfd, pipe) gives its bare name.
 */
SUBPROGRAM __u64 put_path_bytes(struct record *record, const struct path *path)
{
	struct scratch *scratch = record->scratch;
	struct dentry *first = FIELD(path, dentry);
	struct walk walk = { .vfsmount = FIELD(path, mnt), .dentry = first };
	__u64 end, at, length;

	walk.mount = (void *)walk.vfsmount - OFFSET_OF(struct mount, mnt);
	FRESH(scratch->at) = MAX_STRING_SIZE;
	FRESH(scratch->is_cut) = true;
	LOOP
	for (int i = 0; i < MAX_PATH_COMPONENTS; i++) {
		if (!walk_up(scratch, &walk))
			break;
	}
	end = FRESH(record->header->size);
	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return 0;
	at = FRESH(scratch->at);
	KEEP_AS_ONE(at);
	if (at >= MAX_STRING_SIZE) {
		/* Either "/" itself, or a file outside any tree. */
		__u64 size = FIELD(first, d_name.len) & (MAX_NAME_SIZE - 1);
		const unsigned char *name = FIELD(first, d_name.name);

		read_kernel(scratch->bytes + end, size, name);
		return claim(record, size, size, false);
	}
	length = MAX_STRING_SIZE - at;
	KEEP_AS_ONE(length);
	if (length > MAX_STRING_SIZE)
		return 0;
	read_kernel(scratch->bytes + end, length, scratch->bytes + PATH_BUFFER + at);
	return claim(record, length, FRESH(scratch->is_cut) ? 0 : length, FRESH(scratch->is_cut));
}

static __always_inline void put_path(struct record *record, __u32 index, const struct path *path)
{
	__u64 slot = put_path_bytes(record, path);

	if (slot)
		put_number(record, index, slot);
}

/* Device and inode of a file, in the kernel's own encoding of device numbers (major << 20 | minor). */
static __always_inline void put_file_identity(struct record *record, __u32 dev_index,
					      __u32 inode_index, struct file *file)
{
	struct inode *inode = FIELD(file, f_inode);
	struct super_block *super = FIELD(inode, i_sb);

	put_number(record, dev_index, FIELD(super, s_dev));
	put_number(record, inode_index, FIELD(inode, i_ino));
}

#endif
