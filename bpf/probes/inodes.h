/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What changes which file stands behind a name, where the kernel's security modules see it:
 *
 *   vfs_rename() callers -> security_inode_rename(old_dir, old_dentry, new_dir, new_dentry, flags)
 *   vfs_link() -> security_inode_link(old_dentry, dir, new_dentry)
 *   vfs_symlink() -> security_inode_symlink(dir, dentry, target)
 *   do_sys_truncate() -> vfs_truncate() -> security_path_truncate(path)
 *   path_mount() -> security_sb_mount(device, path, type, flags, data)
 *   move_mount() -> security_move_mount(from, to)
 *
 * RENAME_EXCHANGE comes once, with either file as the old one. The functions for inodes are not told by which
 * mount a file was reached, so the directory is named by its inode too: that tells /etc under any other name.
 *
 * Where none of these can be hooked, calls are looked at when they have succeeded, with what they were given.
 */
#ifndef TRACEE_PROBES_INODES_H
#define TRACEE_PROBES_INODES_H

/* The same for a hook that a system call may stand in for. */
static __always_inline bool begin_wanted(struct record *record, struct call *call, __u32 event_id,
					 __u8 routes)
{
	if (!begin_record(record, call, event_id, routes))
		return false;
	if (call->is_compat)
		record->header->flags |= RECORD_COMPAT;
	return true;
}

/* The event's settings where it is traced and the task in scope, else NULL. */
static __always_inline struct event_config *look_up(__u32 event_id)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(event_id);

	if (!config || !event || !event->routes)
		return NULL;
	prove(config, event_id);
	return in_scope(config) ? event : NULL;
}

/* The file system and the directory that hold an entry. */
static __always_inline void put_directory(struct record *record, __u32 dev_index, __u32 directory_index,
					  struct dentry *dentry)
{
	struct dentry *parent = FIELD(dentry, d_parent);
	struct inode *inode = FIELD(parent, d_inode);
	struct super_block *super = FIELD(inode, i_sb);

	put_number(record, dev_index, FIELD(super, s_dev));
	put_number(record, directory_index, FIELD(inode, i_ino));
}

SHARED int on_inode_rename(struct call *call, struct dentry *old, struct dentry *new)
{
	struct event_config *event = look_up(EVENT_SECURITY_INODE_RENAME);
	struct record record;

	if (!event ||
	    !begin_wanted(&record, call, EVENT_SECURITY_INODE_RENAME,
			  routes_where(event, is_wanted_name(event, old) || is_wanted_name(event, new))))
		return DONE;
	put_dentry_path(&record, SECURITY_INODE_RENAME__OLD_PATH, old);
	put_dentry_path(&record, SECURITY_INODE_RENAME__NEW_PATH, new);
	put_directory(&record, SECURITY_INODE_RENAME__DEV, SECURITY_INODE_RENAME__OLD_DIRECTORY, old);
	put_directory(&record, SECURITY_INODE_RENAME__DEV, SECURITY_INODE_RENAME__NEW_DIRECTORY, new);
	submit_record(&record);
	return DONE;
}

SHARED int on_inode_link(struct call *call, struct dentry *old, struct dentry *new)
{
	struct event_config *event = look_up(EVENT_SECURITY_INODE_LINK);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_INODE_LINK, routes_by_name(event, new)))
		return DONE;
	put_dentry_path(&record, SECURITY_INODE_LINK__OLD_PATH, old);
	put_dentry_path(&record, SECURITY_INODE_LINK__NEW_PATH, new);
	put_directory(&record, SECURITY_INODE_LINK__DEV, SECURITY_INODE_LINK__DIRECTORY, new);
	submit_record(&record);
	return DONE;
}

SHARED int on_inode_symlink(struct call *call, struct dentry *dentry, const char *target)
{
	struct event_config *event = look_up(EVENT_SECURITY_INODE_SYMLINK);
	struct record record;

	if (!event ||
	    !begin_wanted(&record, call, EVENT_SECURITY_INODE_SYMLINK, routes_by_name(event, dentry)))
		return DONE;
	put_dentry_path(&record, SECURITY_INODE_SYMLINK__LINKPATH, dentry);
	put_kernel_string(&record, SECURITY_INODE_SYMLINK__TARGET, target);
	put_directory(&record, SECURITY_INODE_SYMLINK__DEV, SECURITY_INODE_SYMLINK__DIRECTORY, dentry);
	submit_record(&record);
	return DONE;
}

SHARED int on_path_truncate(struct call *call, const struct path *path)
{
	struct event_config *event = look_up(EVENT_SECURITY_PATH_TRUNCATE);
	struct dentry *dentry = FIELD(path, dentry);
	struct inode *inode = FIELD(dentry, d_inode);
	struct super_block *super = FIELD(inode, i_sb);
	struct record record;

	if (!event ||
	    !begin_wanted(&record, call, EVENT_SECURITY_PATH_TRUNCATE, routes_by_name(event, dentry)))
		return DONE;
	put_path(&record, SECURITY_PATH_TRUNCATE__PATHNAME, path);
	put_number(&record, SECURITY_PATH_TRUNCATE__DEV, FIELD(super, s_dev));
	put_number(&record, SECURITY_PATH_TRUNCATE__INODE, FIELD(inode, i_ino));
	submit_record(&record);
	return DONE;
}

/* Where relative names begin that the caller gave. */
static __always_inline void put_working_directory(struct record *record, __u32 index)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fs_struct *fs = FIELD(task, fs);

	put_path(record, index, ADDRESS_OF(fs, pwd));
}

struct mount_request {
	const char *device;
	const struct path *path;
	const char *type;
	__u64 flags;
};

SHARED int on_sb_mount(struct call *call, const struct mount_request *request)
{
	struct event_config *event = look_up(EVENT_SECURITY_SB_MOUNT);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_SB_MOUNT,
				    routes_by_name(event, place_of(request->path))))
		return DONE;
	put_kernel_string(&record, SECURITY_SB_MOUNT__DEV_NAME, request->device);
	put_path(&record, SECURITY_SB_MOUNT__PATH, request->path);
	put_kernel_string(&record, SECURITY_SB_MOUNT__TYPE, request->type);
	put_number(&record, SECURITY_SB_MOUNT__FLAGS, request->flags);
	put_working_directory(&record, SECURITY_SB_MOUNT__DIRECTORY);
	submit_record(&record);
	return DONE;
}

SHARED int on_move_mount(struct call *call, const struct path *from, const struct path *to)
{
	struct event_config *event = look_up(EVENT_SECURITY_MOVE_MOUNT);
	struct record record;
	__u64 source;

	if (!event ||
	    !begin_wanted(&record, call, EVENT_SECURITY_MOVE_MOUNT, routes_by_name(event, place_of(to))))
		return DONE;
	source = put_source_bytes(&record, from);
	if (source)
		put_number(&record, SECURITY_MOVE_MOUNT__FROM_PATH, source);
	put_path(&record, SECURITY_MOVE_MOUNT__TO_PATH, to);
	submit_record(&record);
	return DONE;
}

#endif
