/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which file it was: identities of files, and names that rules want. */
#ifndef TRACEE_FILES_H
#define TRACEE_FILES_H

/* Device and inode of a file, in the kernel's own encoding of device numbers (major << 20 | minor). */
SHARED int put_file_identity(struct record *record, __u32 dev_index, __u32 inode_index, struct file *file)
{
	struct inode *inode = FIELD(file, f_inode);
	struct super_block *super = FIELD(inode, i_sb);

	put_number(record, dev_index, FIELD(super, s_dev));
	put_number(record, inode_index, FIELD(inode, i_ino));
	return DONE;
}

static __always_inline __u64 file_size(struct file *file)
{
	struct inode *inode = FIELD(file, f_inode);

	return FIELD(inode, i_size);
}

/* include/uapi/linux/magic.h */
#define MAGIC_TMPFS 0x01021994
#define MAGIC_RAMFS 0x858458f6
#define MAGIC_HUGETLBFS 0x958458f6
#define MAGIC_OVERLAYFS 0x794c7630
/* A file system that only the kernel mounts, as the one behind memfds (SB_KERNMOUNT, include/linux/fs.h). */
#define SUPER_KERNMOUNT (1 << 22)

/*
 * The inode that holds the bytes of one on an overlay, where they lie in its upper layer. The module's type
 * is in no BTF that is always there, but has begun so since 4.13 (09d8b586731b):
 *
 *   struct ovl_inode { ... struct inode vfs_inode; struct dentry *__upperdentry; ... }
 */
static __always_inline struct inode *upper_inode(struct inode *inode)
{
	struct dentry *upper = NULL;

	read_kernel(&upper, sizeof(upper), (void *)inode + SIZE_OF(struct inode));
	return upper ? FIELD(upper, d_inode) : NULL;
}

/* Where the bytes of an inode live: STORAGE_*. Never asks for a name. By number, as append_path(). */
VERIFIED_ONCE int storage_at(__u64 address)
{
	struct inode *inode = (struct inode *)address;
	struct super_block *super = FIELD(inode, i_sb);
	unsigned long magic = FIELD(super, s_magic);

	if (FIELD(super, s_flags) & SUPER_KERNMOUNT)
		return STORAGE_MEMORY;
	if (!FIELD(inode, i_nlink))
		return STORAGE_UNLINKED;
	if (magic == MAGIC_OVERLAYFS) {
		struct inode *upper = upper_inode(inode);
		struct super_block *above = FIELD(upper, i_sb);

		magic = FIELD(above, s_magic);
	}
	if (magic == MAGIC_TMPFS || magic == MAGIC_RAMFS || magic == MAGIC_HUGETLBFS)
		return STORAGE_TMPFS;
	return STORAGE_DISK;
}

static __always_inline __u32 inode_storage(struct inode *inode)
{
	return storage_at((__u64)inode);
}

static __always_inline __u32 file_storage(struct file *file)
{
	return inode_storage(FIELD(file, f_inode));
}

/* The file behind a descriptor of the current task; NULL where there is none. */
static __always_inline struct file *file_of_descriptor(__u32 descriptor)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct files_struct *files = FIELD(task, files);
	struct fdtable *table;
	struct file **files_of_table;
	struct file *file = NULL;

	if (!files)
		return NULL;
	table = FIELD(files, fdt);
	if (descriptor >= FIELD(table, max_fds))
		return NULL;
	files_of_table = FIELD(table, fd);
	read_kernel(&file, sizeof(file), files_of_table + descriptor);
	return file;
}

/* Mounts that stand on each other at one place, looked through for the name of the place. */
#define MAX_STACKED_MOUNTS 4

/* What a path ends in, as its mount namespace sees it: the root of a mount is called as the place it covers. */
static __always_inline struct dentry *place_of(const struct path *path)
{
	struct dentry *dentry = FIELD(path, dentry);
	struct vfsmount *vfsmount = FIELD(path, mnt);

	LOOP
	for (int i = 0; i < MAX_STACKED_MOUNTS; i++) {
		struct mount *mount = (void *)vfsmount - OFFSET_OF(struct mount, mnt);
		struct mount *above = FIELD(mount, mnt_parent);

		if (dentry != FIELD(vfsmount, mnt_root) || above == mount)
			break;
		dentry = FIELD(mount, mnt_mountpoint);
		vfsmount = (void *)above + OFFSET_OF(struct mount, mnt);
	}
	return dentry;
}

/* The last component of a path, as event_config.names has it: padded with zeros. */
struct name {
	__u64 words[2];
};

static __always_inline bool is_listed(const struct event_config *event, const struct name *name)
{
#pragma unroll
	for (__u32 i = 0; i < MAX_FILTER_NAMES; i++) {
		if (i < event->name_count && event->names[2 * i] == name->words[0] &&
		    event->names[2 * i + 1] == name->words[1])
			return true;
	}
	return false;
}

/* Whether a rule wants a file of this name; true where rules do not ask for names. */
SHARED int is_wanted_name(const struct event_config *event, struct dentry *dentry)
{
	const unsigned char *source;
	struct name name = {};
	__u64 length;

	if (!event->name_count)
		return true;
	length = FIELD(dentry, d_name.len);
	if (length >= sizeof(name))
		return false;
	KEEP_AS_ONE(length);
	length &= sizeof(name) - 1;
	source = FIELD(dentry, d_name.name);
	read_kernel(&name, length, source);
	return is_listed(event, &name);
}

/* Which routes an event takes, given whether a rule wants its file: decided before anything is built. */
static __always_inline __u8 routes_where(const struct event_config *event, bool is_wanted)
{
	return is_wanted ? event->routes : event->routes & ~ROUTE_DETECTIONS;
}

static __always_inline __u8 routes_by_name(const struct event_config *event, struct dentry *dentry)
{
	return routes_where(event, is_wanted_name(event, dentry));
}

#endif
