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

/* Begins a record unless nobody wants it. */
static __always_inline bool begin_wanted(struct record *record, struct call *call, __u32 event_id,
					 __u8 routes)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(event_id);

	if (!routes || !config || !event ||
	    !begin_record(record, call->ctx, config, event, call->program, event_id, call->hook))
		return false;
	record->header->routes = routes;
	if (call->is_compat)
		record->header->flags |= RECORD_COMPAT;
	return true;
}

static __always_inline void submit_wanted(struct record *record)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(record->header->event);

	if (config && event)
		submit_record(config, event, record);
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
	submit_wanted(&record);
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
	submit_wanted(&record);
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
	submit_wanted(&record);
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
	submit_wanted(&record);
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
	submit_wanted(&record);
	return DONE;
}

SHARED int on_move_mount(struct call *call, const struct path *from, const struct path *to)
{
	struct event_config *event = look_up(EVENT_SECURITY_MOVE_MOUNT);
	struct record record;
	__u64 source;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_MOVE_MOUNT,
				    routes_by_name(event, place_of(to))))
		return DONE;
	source = put_source_bytes(&record, from);
	if (source)
		put_number(&record, SECURITY_MOVE_MOUNT__FROM_PATH, source);
	put_path(&record, SECURITY_MOVE_MOUNT__TO_PATH, to);
	submit_wanted(&record);
	return DONE;
}

/*
 * renameat(old directory, old, new directory, new) and all that are made like it, or without directories. The
 * arguments are kept in scratch memory in the order of the former: of what it loads from there the verifier does
 * not know which call it was, and follows one way for all of them.
 */
static __always_inline void keep_paths(struct scratch *scratch, const struct call *call, bool has_directories)
{
	FRESH(scratch->arguments[0]) = has_directories ? call->called->arguments[0] : AT_FDCWD;
	FRESH(scratch->arguments[1]) = has_directories ? call->called->arguments[1] : call->called->arguments[0];
	FRESH(scratch->arguments[2]) = has_directories ? call->called->arguments[2] : AT_FDCWD;
	FRESH(scratch->arguments[3]) = has_directories ? call->called->arguments[3] : call->called->arguments[1];
}

static __always_inline struct user_path kept_path(struct scratch *scratch, bool is_new)
{
	struct user_path path = {
		.directory = FRESH(scratch->arguments[is_new ? 2 : 0]),
		.text = (void *)FRESH(scratch->arguments[is_new ? 3 : 1]),
	};

	return path;
}

SHARED int on_two_paths(struct call *call, __u32 event_id, bool is_old_looked_at, bool has_directories)
{
	struct config *config = get_config();
	struct event_config *event = look_up(event_id);
	struct scratch *scratch = config ? take_scratch(config, call->program) : NULL;
	struct user_path path;
	struct record record;
	int is_wanted;

	if (!event || !scratch)
		return DONE;
	keep_paths(scratch, call, has_directories);
	path = kept_path(scratch, true);
	is_wanted = is_wanted_user_path(call->program, event_id, path.text);
	path = kept_path(scratch, false);
	if (is_old_looked_at && !is_wanted)
		is_wanted = is_wanted_user_path(call->program, event_id, path.text);
	if (!begin_wanted(&record, call, event_id, routes_where(event, is_wanted)))
		return DONE;
	/* The same places in all of these events. */
	FOLLOW(put_user_path(&record, SECURITY_INODE_RENAME__OLD_PATH, &path));
	path = kept_path(scratch, true);
	FOLLOW(put_user_path(&record, SECURITY_INODE_RENAME__NEW_PATH, &path));
	submit_wanted(&record);
	return DONE;
}
_Static_assert(SECURITY_INODE_LINK__OLD_PATH == SECURITY_INODE_RENAME__OLD_PATH, "one place");
_Static_assert(SECURITY_INODE_LINK__NEW_PATH == SECURITY_INODE_RENAME__NEW_PATH, "one place");
_Static_assert(SECURITY_MOVE_MOUNT__FROM_PATH == SECURITY_INODE_RENAME__OLD_PATH, "one place");
_Static_assert(SECURITY_MOVE_MOUNT__TO_PATH == SECURITY_INODE_RENAME__NEW_PATH, "one place");

SHARED int on_symlink_call(struct call *call)
{
	struct event_config *event = look_up(EVENT_SECURITY_INODE_SYMLINK);
	bool has_directory = EVENT == EVENT_SYMLINKAT;
	struct user_path link = {
		.directory = has_directory ? call->called->arguments[1] : AT_FDCWD,
		.text = (void *)(has_directory ? call->called->arguments[2] : call->called->arguments[1]),
	};
	struct record record;
	int is_wanted;

	if (!event)
		return DONE;
	is_wanted = is_wanted_user_path(call->program, EVENT_SECURITY_INODE_SYMLINK, link.text);
	if (!begin_wanted(&record, call, EVENT_SECURITY_INODE_SYMLINK, routes_where(event, is_wanted)))
		return DONE;
	FOLLOW(put_user_path(&record, SECURITY_INODE_SYMLINK__LINKPATH, &link));
	put_user_string(&record, SECURITY_INODE_SYMLINK__TARGET, (void *)call->called->arguments[0]);
	submit_wanted(&record);
	return DONE;
}

SHARED int on_truncate_call(struct call *call)
{
	struct event_config *event = look_up(EVENT_SECURITY_PATH_TRUNCATE);
	struct user_path path = { .directory = AT_FDCWD, .text = (void *)call->called->arguments[0] };
	struct record record;
	int is_wanted;

	if (!event)
		return DONE;
	is_wanted = is_wanted_user_path(call->program, EVENT_SECURITY_PATH_TRUNCATE, path.text);
	if (!begin_wanted(&record, call, EVENT_SECURITY_PATH_TRUNCATE, routes_where(event, is_wanted)))
		return DONE;
	FOLLOW(put_user_path(&record, SECURITY_PATH_TRUNCATE__PATHNAME, &path));
	submit_wanted(&record);
	return DONE;
}

/* Mounts are few: each is told, since "/etc/." and "." name a directory as well as its name does. */
SHARED int on_mount_call(struct call *call)
{
	struct event_config *event = look_up(EVENT_SECURITY_SB_MOUNT);
	struct user_path path = { .directory = AT_FDCWD, .text = (void *)call->called->arguments[1] };
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_SB_MOUNT, event->routes))
		return DONE;
	put_user_string(&record, SECURITY_SB_MOUNT__DEV_NAME, (void *)call->called->arguments[0]);
	FOLLOW(put_user_path(&record, SECURITY_SB_MOUNT__PATH, &path));
	put_user_string(&record, SECURITY_SB_MOUNT__TYPE, (void *)call->called->arguments[2]);
	put_number(&record, SECURITY_SB_MOUNT__FLAGS, call->called->arguments[3]);
	put_working_directory(&record, SECURITY_SB_MOUNT__DIRECTORY);
	submit_wanted(&record);
	return DONE;
}

/* What a call that succeeded led to. */
static __always_inline void on_inode_carrier_exit(struct call *call)
{
	if (!CAN_BE_CARRIED(CHECK_SECURITY_INODE_RENAME | CHECK_SECURITY_INODE_LINK |
			 CHECK_SECURITY_INODE_SYMLINK | CHECK_SECURITY_PATH_TRUNCATE |
			 CHECK_SECURITY_SB_MOUNT | CHECK_SECURITY_MOVE_MOUNT) ||
	    !HAS_SUCCEEDED)
		return;
	if (IS_CARRIED(CHECK_SECURITY_INODE_RENAME))
		FOLLOW(on_two_paths(call, EVENT_SECURITY_INODE_RENAME, true, EVENT != EVENT_RENAME));
	if (IS_CARRIED(CHECK_SECURITY_INODE_LINK))
		FOLLOW(on_two_paths(call, EVENT_SECURITY_INODE_LINK, false, EVENT != EVENT_LINK));
	if (IS_CARRIED(CHECK_SECURITY_MOVE_MOUNT))
		FOLLOW(on_two_paths(call, EVENT_SECURITY_MOVE_MOUNT, false, true));
	if (IS_CARRIED(CHECK_SECURITY_INODE_SYMLINK))
		FOLLOW(on_symlink_call(call));
	if (IS_CARRIED(CHECK_SECURITY_PATH_TRUNCATE))
		FOLLOW(on_truncate_call(call));
	if (IS_CARRIED(CHECK_SECURITY_SB_MOUNT))
		FOLLOW(on_mount_call(call));
}

#define HERE(program_id, hook_kind) { .ctx = ctx, .program = (program_id), .hook = (hook_kind) }

#if HAS_TRAMPOLINES
SEC("fentry/security_inode_rename")
int fentry__security_inode_rename(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_FENTRY__SECURITY_INODE_RENAME, HOOK_TRAMPOLINE);

	return on_inode_rename(&call, (void *)ctx[1], (void *)ctx[3]);
}

SEC("fentry/security_inode_link")
int fentry__security_inode_link(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_FENTRY__SECURITY_INODE_LINK, HOOK_TRAMPOLINE);

	return on_inode_link(&call, (void *)ctx[0], (void *)ctx[2]);
}

SEC("fentry/security_inode_symlink")
int fentry__security_inode_symlink(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_FENTRY__SECURITY_INODE_SYMLINK, HOOK_TRAMPOLINE);

	return on_inode_symlink(&call, (void *)ctx[1], (void *)ctx[2]);
}

SEC("fentry/security_path_truncate")
int fentry__security_path_truncate(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_FENTRY__SECURITY_PATH_TRUNCATE, HOOK_TRAMPOLINE);

	return on_path_truncate(&call, (void *)ctx[0]);
}

SEC("fentry/security_sb_mount")
int fentry__security_sb_mount(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_FENTRY__SECURITY_SB_MOUNT, HOOK_TRAMPOLINE);
	struct mount_request request = { (void *)ctx[0], (void *)ctx[1], (void *)ctx[2], ctx[3] };

	return on_sb_mount(&call, &request);
}

SEC("fentry/security_move_mount")
int fentry__security_move_mount(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_FENTRY__SECURITY_MOVE_MOUNT, HOOK_TRAMPOLINE);

	return on_move_mount(&call, (void *)ctx[0], (void *)ctx[1]);
}
#endif

SEC("kprobe/security_inode_rename")
int kprobe__security_inode_rename(struct pt_regs *ctx)
{
	struct call call = HERE(PROGRAM_KPROBE__SECURITY_INODE_RENAME, HOOK_KPROBE);

	return on_inode_rename(&call, (void *)PT_REGS_PARM2(ctx), (void *)PT_REGS_PARM4(ctx));
}

SEC("kprobe/security_inode_link")
int kprobe__security_inode_link(struct pt_regs *ctx)
{
	struct call call = HERE(PROGRAM_KPROBE__SECURITY_INODE_LINK, HOOK_KPROBE);

	return on_inode_link(&call, (void *)PT_REGS_PARM1(ctx), (void *)PT_REGS_PARM3(ctx));
}

SEC("kprobe/security_inode_symlink")
int kprobe__security_inode_symlink(struct pt_regs *ctx)
{
	struct call call = HERE(PROGRAM_KPROBE__SECURITY_INODE_SYMLINK, HOOK_KPROBE);

	return on_inode_symlink(&call, (void *)PT_REGS_PARM2(ctx), (void *)PT_REGS_PARM3(ctx));
}

SEC("kprobe/security_path_truncate")
int kprobe__security_path_truncate(struct pt_regs *ctx)
{
	struct call call = HERE(PROGRAM_KPROBE__SECURITY_PATH_TRUNCATE, HOOK_KPROBE);

	return on_path_truncate(&call, (void *)PT_REGS_PARM1(ctx));
}

SEC("kprobe/security_sb_mount")
int kprobe__security_sb_mount(struct pt_regs *ctx)
{
	struct call call = HERE(PROGRAM_KPROBE__SECURITY_SB_MOUNT, HOOK_KPROBE);
	struct mount_request request = { (void *)PT_REGS_PARM1(ctx), (void *)PT_REGS_PARM2(ctx),
					 (void *)PT_REGS_PARM3(ctx), PT_REGS_PARM4(ctx) };

	return on_sb_mount(&call, &request);
}

SEC("kprobe/security_move_mount")
int kprobe__security_move_mount(struct pt_regs *ctx)
{
	struct call call = HERE(PROGRAM_KPROBE__SECURITY_MOVE_MOUNT, HOOK_KPROBE);

	return on_move_mount(&call, (void *)PT_REGS_PARM1(ctx), (void *)PT_REGS_PARM2(ctx));
}

#if HAS_BPF_LSM
SEC("lsm/inode_rename")
int lsm__inode_rename(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_LSM__INODE_RENAME, HOOK_LSM);

	FOLLOW(on_inode_rename(&call, (void *)ctx[1], (void *)ctx[3]));
	return 0;
}

SEC("lsm/inode_link")
int lsm__inode_link(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_LSM__INODE_LINK, HOOK_LSM);

	FOLLOW(on_inode_link(&call, (void *)ctx[0], (void *)ctx[2]));
	return 0;
}

SEC("lsm/inode_symlink")
int lsm__inode_symlink(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_LSM__INODE_SYMLINK, HOOK_LSM);

	FOLLOW(on_inode_symlink(&call, (void *)ctx[1], (void *)ctx[2]));
	return 0;
}

SEC("lsm/path_truncate")
int lsm__path_truncate(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_LSM__PATH_TRUNCATE, HOOK_LSM);

	FOLLOW(on_path_truncate(&call, (void *)ctx[0]));
	return 0;
}

SEC("lsm/sb_mount")
int lsm__sb_mount(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_LSM__SB_MOUNT, HOOK_LSM);
	struct mount_request request = { (void *)ctx[0], (void *)ctx[1], (void *)ctx[2], ctx[3] };

	FOLLOW(on_sb_mount(&call, &request));
	return 0;
}

SEC("lsm/move_mount")
int lsm__move_mount(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_LSM__MOVE_MOUNT, HOOK_LSM);

	FOLLOW(on_move_mount(&call, (void *)ctx[0], (void *)ctx[1]));
	return 0;
}
#endif

#endif
