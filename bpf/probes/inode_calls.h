/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The events of inodes.h where only system calls are seen: from what the caller named. */
#ifndef TRACEE_PROBES_INODE_CALLS_H
#define TRACEE_PROBES_INODE_CALLS_H

/*
 * renameat(old directory, old, new directory, new) and all that are made like it, or without directories. The
 * arguments are kept in scratch memory in the order of the former: of what it loads from there the verifier
 * does not know which call it was, and follows one way for all of them.
 */
static __always_inline void keep_paths(struct scratch *scratch, const struct call *call, bool has_directories)
{
	FRESH(scratch->arguments[0]) = has_directories ? call->called->arguments[0] : AT_FDCWD;
	FRESH(scratch->arguments[1]) =
		has_directories ? call->called->arguments[1] : call->called->arguments[0];
	FRESH(scratch->arguments[2]) = has_directories ? call->called->arguments[2] : AT_FDCWD;
	FRESH(scratch->arguments[3]) =
		has_directories ? call->called->arguments[3] : call->called->arguments[1];
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
	submit_record(&record);
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
	submit_record(&record);
	return DONE;
}

SHARED int on_truncate_call(struct call *call)
{
	struct event_config *event = look_up(EVENT_SECURITY_PATH_TRUNCATE);
	struct user_path path = {.directory = AT_FDCWD, .text = (void *)call->called->arguments[0]};
	struct record record;
	int is_wanted;

	if (!event)
		return DONE;
	is_wanted = is_wanted_user_path(call->program, EVENT_SECURITY_PATH_TRUNCATE, path.text);
	if (!begin_wanted(&record, call, EVENT_SECURITY_PATH_TRUNCATE, routes_where(event, is_wanted)))
		return DONE;
	FOLLOW(put_user_path(&record, SECURITY_PATH_TRUNCATE__PATHNAME, &path));
	submit_record(&record);
	return DONE;
}

/* Mounts are few: each is told, since "/etc/." and "." name a directory as well as its name does. */
SHARED int on_mount_call(struct call *call)
{
	struct event_config *event = look_up(EVENT_SECURITY_SB_MOUNT);
	struct user_path path = {.directory = AT_FDCWD, .text = (void *)call->called->arguments[1]};
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_SB_MOUNT, event->routes))
		return DONE;
	put_user_string(&record, SECURITY_SB_MOUNT__DEV_NAME, (void *)call->called->arguments[0]);
	FOLLOW(put_user_path(&record, SECURITY_SB_MOUNT__PATH, &path));
	put_user_string(&record, SECURITY_SB_MOUNT__TYPE, (void *)call->called->arguments[2]);
	put_number(&record, SECURITY_SB_MOUNT__FLAGS, call->called->arguments[3]);
	put_working_directory(&record, SECURITY_SB_MOUNT__DIRECTORY);
	submit_record(&record);
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

#endif
