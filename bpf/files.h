/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which file it was: writes paths and identities of files into a record. */
#ifndef TRACEE_FILES_H
#define TRACEE_FILES_H

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

/* The path within the file system, where the kernel tells no mount: "/ld.so.preload" of one mounted on /etc.
 */
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

/* Device and inode of a file, in the kernel's own encoding of device numbers (major << 20 | minor).
 */
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

/* Where the bytes of an inode live: STORAGE_*. Never asks for a name. By number, as append_path().
 */
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

/* What a path ends in, as its mount namespace sees it: the root of a mount is called as the place it covers.
 */
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
