/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program of `tracee selftest`: all attacks that need nothing but the kernel, and a stage on which they are
 * performed. The stage has mounts, an /etc, a /dev/shm and a network of its own, so that nothing an attack does
 * reaches anybody else. It reads lines, `sock-stdio dup2`, performs one act after the other, and answers
 * `began PID` and `ended STATUS` (128 + signal, as a shell has it). It ends with its input.
 */
#include <linux/mount.h>
#include <linux/sockios.h>
#include "../attacks/sockets.h"

#define MAX_WORDS 4
#define IFF_UP_RUNNING 0x41

#define PROGRAMS(each)                                                                                   \
	each("ad-block", ad_block_acts) each("ad-look", ad_look_acts) each("dyn-map", dyn_map_acts)       \
	each("dyn-protect", dyn_protect_acts) each("fl-memfd", fl_memfd_acts)                             \
	each("fl-tmpfs", fl_tmpfs_acts) each("inj-memory", inj_memory_acts)                               \
	each("inj-ptrace", inj_ptrace_acts) each("km-load", km_load_acts) each("pl-env", pl_env_acts)     \
	each("pl-detour", pl_detour_acts)                                                                \
	each("pl-file", pl_file_acts) each("sock-origin", sock_origin_acts)                               \
	each("sock-stdio", sock_stdio_acts) each("like-debuggers", like_debuggers_acts)                   \
	each("like-loaders", like_loaders_acts) each("like-sockets", like_sockets_acts)

/* struct ifreq, as far as flags are set with it; the header that has it wants a C library. */
struct interface_flags {
	char name[16];
	short flags;
	char rest[22];
};

#define DECLARE(name, acts) extern const struct collected collected_##acts;
#define ENTER(name, acts) { name, &collected_##acts },

PROGRAMS(DECLARE)

static const struct {
	const char *name;
	const struct collected *part;
} programs[] = { PROGRAMS(ENTER) };

/* `attacks sock-stdio dup2`, or, where an attack starts its own file again, `program ACT`. */
static void perform_words(struct start *start)
{
	for (unsigned long i = 0; start->argc > 2 && i < LENGTH(programs); i++) {
		if (is_same(programs[i].name, start->argv[1])) {
			struct start shifted = { start->argc - 1, start->argv + 1, start->envp };

			shifted.argv[0] = start->argv[0];
			perform(&shifted, programs[i].part->acts, programs[i].part->count);
		}
	}
	for (unsigned long i = 0; i < LENGTH(programs); i++)
		perform(start, programs[i].part->acts, programs[i].part->count);
}

static void raise_loopback(void)
{
	struct interface_flags request = { "lo", IFF_UP_RUNNING, { 0 } };

	require(call3(__NR_ioctl, open_socket(AF_INET, SOCK_DGRAM), SIOCSIFFLAGS, (long)&request), "loopback");
}

static void mount_memory(const char *where, const char *options)
{
	require(call5(__NR_mount, (long)"selftest", (long)where, (long)"tmpfs", 0, (long)options), where);
}

/* Before anything is watched. */
static void set_stage(void)
{
	can(call3(__NR_unshare, CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC, 0, 0), "unshare");
	require(call5(__NR_mount, 0, (long)"/", 0, MS_REC | MS_PRIVATE, 0), "private mounts");
	call3(__NR_mkdirat, AT_FDCWD, (long)"/etc", 0755);
	/* A directory of its own on disk: on a file system in memory every file would be suspicious. */
	call3(__NR_mkdirat, AT_FDCWD, (long)"etc", 0755);
	require(call5(__NR_mount, (long)"etc", (long)"/etc", 0, MS_BIND, 0), "bind mount of /etc");
	close_file(require(open_file("/etc/tracee-throw-away", O_WRONLY | O_CREAT), "/etc"));
	if (!call4(__NR_faccessat, AT_FDCWD, (long)"/dev/shm", 0, 0))
		mount_memory("/dev/shm", "mode=1777");
	raise_loopback();
	/* What an act leaves behind ends with the stage, which sees it. */
	call5(__NR_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

static void answer_number(const char *word, long number)
{
	char line[64];

	append_text(append_number(append_text(line, word), number), "\n");
	write_text(1, line);
}

static void perform_apart(struct start *start)
{
	long null = require(open_file("/dev/null", O_RDWR), "/dev/null");
	long errors = require(open_file("stderr", O_WRONLY | O_CREAT | O_TRUNC), "stderr");

	call3(__NR_dup3, null, 0, 0);
	call3(__NR_dup3, null, 1, 0);
	call3(__NR_dup3, errors, 2, 0);
	close_file(null);
	close_file(errors);
	perform_words(start);
	say("no such act\n");
	leave(2);
}

static void perform_line(struct start *start, char *line)
{
	char *words[MAX_WORDS + 1] = { start->argv[0] };
	struct start act = { 1, words, start->envp };
	long child;
	int status;

	while (*line && act.argc < MAX_WORDS) {
		words[act.argc++] = line;
		while (*line && *line != ' ')
			line++;
		if (*line)
			*line++ = 0;
	}
	words[act.argc] = 0;
	child = fork_bound();
	if (!child)
		perform_apart(&act);
	answer_number("began ", child);
	status = wait_for(child);
	answer_number("ended ", status & 0x7f ? 128 + (status & 0x7f) : (status >> 8) & 0xff);
	while (call4(__NR_wait4, -1, (long)&status, WNOHANG | __WALL, 0) > 0)
		;
}

static void serve_lines(struct start *start)
{
	char line[256];
	unsigned long length = 0;

	set_stage();
	write_text(1, "ready\n");
	while (length < sizeof(line) - 1 && call3(__NR_read, 0, (long)line + length, 1) == 1) {
		if (line[length] != '\n') {
			length++;
			continue;
		}
		line[length] = 0;
		perform_line(start, line);
		length = 0;
	}
	leave(0);
}

static void begin_with(struct start *start)
{
	if (start->argc == 2 && is_same(start->argv[1], "stage"))
		serve_lines(start);
	perform_words(start);
}

BEGIN(begin_with(&start));
