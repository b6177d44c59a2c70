/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-1: a connection becomes standard input, output and error, by each call that can move a descriptor there. */
#include "ring.h"
#include "sockets.h"
#include "threads.h"

#ifdef __NR_dup2
static void by_dup2(struct start *start)
{
	long fd = connected(AF_INET);

	for (int stdio = 0; stdio < 3; stdio++)
		require(call3(__NR_dup2, fd, stdio, 0), "dup2");
	become_shell();
}
#else
static void by_dup2(struct start *start)
{
	impossible("this architecture has no dup2");
}
#endif

static void by_dup3(struct start *start)
{
	put_on_stdio(connected(AF_INET));
	become_shell();
}

static void by_dup(struct start *start)
{
	long fd = connected(AF_INET);

	close_stdio();
	for (int stdio = 0; stdio < 3; stdio++)
		require(call3(__NR_dup, fd, 0, 0), "dup");
	become_shell();
}

static void by_fcntl(struct start *start)
{
	long fd = connected(AF_INET);

	close_stdio();
	for (int stdio = 0; stdio < 3; stdio++)
		require(call3(__NR_fcntl, fd, F_DUPFD, 0), "F_DUPFD");
	become_shell();
}

static void by_fcntl_cloexec(struct start *start)
{
	long fd = connected(AF_INET);

	close_stdio();
	for (int stdio = 0; stdio < 3; stdio++) {
		require(call3(__NR_fcntl, fd, F_DUPFD_CLOEXEC, 0), "F_DUPFD_CLOEXEC");
		require(call3(__NR_fcntl, stdio, F_SETFD, 0), "F_SETFD");
	}
	become_shell();
}

/* While it is moved it has no address yet. */
static void before_connect(struct start *start)
{
	union address address;
	long server = serve(AF_INET, SOCK_STREAM, &address);
	long fd = raise_file(open_socket(AF_INET, SOCK_STREAM));

	put_on_stdio(fd);
	connect_to(fd, &address);
	close_file(fd);
	answer(server);
	become_shell();
}

/* socket() itself gives descriptor 0: nothing is moved. */
static void as_first_file(struct start *start)
{
	union address address;
	long server = serve(AF_INET, SOCK_STREAM, &address);

	close_stdio();
	open_socket(AF_INET, SOCK_STREAM);
	call3(__NR_dup, 0, 0, 0);
	call3(__NR_dup, 0, 0, 0);
	connect_to(0, &address);
	answer(server);
	become_shell();
}

/* Taken out of another process. */
static void by_pidfd_getfd(struct start *start)
{
	long fd = connected(AF_INET), child, pidfd;

	child = fork_bound();
	if (!child)
		for (;;)
			pause_ms(1000);
	close_file(fd);
	pidfd = raise_file(can(call3(__NR_pidfd_open, child, 0, 0), "pidfd_open"));
	close_stdio();
	for (int stdio = 0; stdio < 3; stdio++)
		if (call3(__NR_pidfd_getfd, pidfd, fd, 0) != stdio)
			leave(IMPOSSIBLE);
	end_child(child);
	for (int stdio = 0; stdio < 3; stdio++)
		require(call3(__NR_fcntl, stdio, F_SETFD, 0), "F_SETFD");
	become_shell();
}

/* Received from another process. */
static void by_message(struct start *start)
{
	int pair[2];

	make_pair(pair);
	if (!fork_bound()) {
		long fd = connected(AF_INET);

		for (int stdio = 0; stdio < 3; stdio++)
			pass_file(pair[1], fd);
		leave(0);
	}
	close_stdio();
	for (int stdio = 0; stdio < 3; stdio++)
		if (pass_file(pair[0], -1) != stdio)
			leave(1);
	become_shell();
}

/* The descriptors of parent and child are one table: the child moves, the parent executes. */
static void move_in_child(void *argument)
{
	put_on_stdio((long)argument);
	leave(0);
}

static void in_shared_table(struct start *start)
{
	long child = start_on_stack(CLONE_VM | CLONE_FILES | SIGCHLD, move_in_child, (void *)connected(AF_INET));

	wait_for(child);
	become_shell();
}

static void move_in_thread(void)
{
	put_on_stdio(connected(AF_INET));
}

static void in_thread(struct start *start)
{
	run_in_thread(move_in_thread);
	become_shell();
}

/* A payload that brings its own interpreter and executes nothing. */
static void without_exec(struct start *start)
{
	char order[16];

	put_on_stdio(connected(AF_INET));
	require(call3(__NR_read, 0, (long)order, sizeof(order)), "read");
	call3(__NR_write, 1, (long)order, 1);
}

static void input_only(struct start *start)
{
	require(call3(__NR_dup3, connected(AF_INET), 0, 0), "dup3");
	become_shell();
}

static void output_only(struct start *start)
{
	require(call3(__NR_dup3, connected(AF_INET), 1, 0), "dup3");
	become_shell_with_order();
}

/* The socket is inherited by three programs: one finding, not four. */
static void inherited(struct start *start)
{
	put_on_stdio(connected(AF_INET));
	for (int i = 0; i < 3; i++) {
		long child = fork_bound();

		if (!child)
			become_shell_with_order();
		wait_for(child);
	}
}

static void in_child(struct start *start)
{
	long child;

	put_on_stdio(connected(AF_INET));
	child = fork_bound();
	if (!child)
		become_shell();
	leave_with(child);
}

/* This program again, with the connection under a high number, moves it only then. */
static void after_exec(struct start *start)
{
	char number[24];
	const char *const argv[] = { start->argv[0], "after-exec-2", number, 0 };

	append_number(number, connected(AF_INET));
	execute("/proc/self/exe", argv, (const char *const *)start->envp);
}

static void after_exec_again(struct start *start)
{
	long fd = 0;

	for (const char *digit = start->argv[2]; *digit; digit++)
		fd = fd * 10 + *digit - '0';
	put_on_stdio(fd);
	become_shell();
}

static void by_execveat(struct start *start)
{
	static const char *const argv[] = { "sh", 0 };
	long shell = raise_file(require(open_file("/bin/sh", O_RDONLY), "/bin/sh"));

	put_on_stdio(connected(AF_INET));
	require(call5(__NR_execveat, shell, (long)"", (long)argv, 0, AT_EMPTY_PATH), "execveat");
}

static const struct act sock_stdio_acts[] = {
	{ "dup2", by_dup2 },
	{ "dup3", by_dup3 },
	{ "dup", by_dup },
	{ "fcntl", by_fcntl },
	{ "fcntl-cloexec", by_fcntl_cloexec },
	{ "before-connect", before_connect },
	{ "as-first-file", as_first_file },
	{ "pidfd-getfd", by_pidfd_getfd },
	{ "message", by_message },
	{ "shared-table", in_shared_table },
	{ "thread", in_thread },
	{ "without-exec", without_exec },
	{ "input-only", input_only },
	{ "output-only", output_only },
	{ "inherited", inherited },
	{ "child", in_child },
	{ "after-exec", after_exec },
	{ "after-exec-2", after_exec_again },
	{ "execveat", by_execveat },
};

PROGRAM(sock_stdio_acts)
