// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The only process of an arm64 machine: loads every program of /object.o by itself, as runtime/src/tracing/load-check.ts
 * does, tells what the kernel said of each, and powers off. Nothing is attached. The lines of its answer begin with
 * "@ ", since they come by the kernel's console:
 *
 *   @ kernel 6.1.0-50-cloud-arm64
 *   @ loaded tp_btf__sys_enter 3072 410        name, instructions that the verifier went through, ms
 *   @ refused kprobe__syscall 13 120           name, errno, ms; what libbpf and the verifier said follows
 *   @ | R1 invalid mem access 'inv'
 *   @ end 31                                   programs in the object; without it the answer is not whole
 *   @ error cannot open /object.o              instead of it
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <linux/types.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "../../bpf/generated/events.h"

#define OBJECT "/object.o"

/* BPF_LOG_LEVEL1 tells of each instruction; BPF_LOG_STATS of the verdict and the counts, at no cost. */
#define LOG_INSTRUCTIONS 1
#define LOG_STATISTICS 4

/* UINT_MAX >> 8: the largest that every kernel takes. Pages are taken as they are written. */
#define LOG_SIZE 0xffffffU

/* Smallest that a ring buffer can be with every page size: nothing is written to it here. */
#define RING_SIZE 65536

/* Of both logs the end matters: the verdict, with the state in which it was reached before it. */
#define VERIFIER_LINES 20
#define LIBBPF_LINES 4

/* For programs that get their function from the runtime: one that every kernel has. */
#define SOME_FUNCTION "__arm64_sys_ptrace"

static char *verifier_log;

/* What libbpf said during one load, the last of it. */
static char libbpf_log[8192];

static int keep_message(enum libbpf_print_level level, const char *format, va_list arguments)
{
	size_t used = strlen(libbpf_log);

	if (level == LIBBPF_DEBUG)
		return 0;
	if (used > sizeof(libbpf_log) / 2)
		used = 0;
	vsnprintf(libbpf_log + used, sizeof(libbpf_log) - used, format, arguments);
	return 0;
}

/* Prints the last lines of a text. */
static void print_end(const char *text, int wanted)
{
	const char *start = text + strlen(text);

	if (start > text && start[-1] == '\n')
		start--;
	while (start > text && (start[-1] != '\n' || --wanted > 0))
		start--;
	while (*start) {
		int length = strcspn(start, "\n");

		printf("@ | %.*s\n", length, start);
		start += length + (start[length] == '\n');
	}
}

static bool needs_function(const struct bpf_program *program)
{
	const char *section = bpf_program__section_name(program);

	return !strcmp(section, "fentry") || !strcmp(section, "fexit");
}

/* The runtime leaves the perf buffers out where there is a ring buffer: 5.8 and later, hence on all kernels here. */
static int prepare_maps(struct bpf_object *object)
{
	static const struct settings settings = {
		.buffer = BUFFER_RING, .events = ~0U, .carried = ~0U, .wires = ~0U,
	};
	struct bpf_map *map;
	int error = 0;

	bpf_object__for_each_map(map, object) {
		const char *name = bpf_map__name(map);

		if (bpf_map__type(map) == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			error = bpf_map__set_autocreate(map, false);
		else if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF)
			error = bpf_map__set_max_entries(map, RING_SIZE);
		else if (strstr(name, ".rodata.settings"))
			error = bpf_map__set_initial_value(map, &settings, sizeof(settings));
		if (error)
			return error;
	}
	return 0;
}

/* Loads one program of the object and takes it out again. Returns an errno, 0 where it was loaded. */
static int try_program(const char *name, int level)
{
	struct bpf_object *object = bpf_object__open_file(OBJECT, NULL);
	struct bpf_program *program;
	int error;

	if (!object)
		return errno;
	verifier_log[0] = '\0';
	libbpf_log[0] = '\0';
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	program = bpf_object__find_program_by_name(object, name);
	error = prepare_maps(object);
	if (!error)
		error = bpf_program__set_log_buf(program, verifier_log, LOG_SIZE);
	if (!error)
		error = bpf_program__set_log_level(program, level);
	if (!error && needs_function(program))
		error = bpf_program__set_attach_target(program, 0, SOME_FUNCTION);
	if (!error)
		error = bpf_object__load(object);
	bpf_object__close(object);
	return -error;
}

/* "processed 3072 insns (limit 1000000) ..." ends every log that has statistics. */
static long verified_instructions(void)
{
	const char *found = strstr(verifier_log, "processed ");

	return found ? strtol(found + strlen("processed "), NULL, 10) : 0;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void tell_program(const char *name)
{
	long started = now_ms();
	int error = try_program(name, LOG_STATISTICS);
	long ms = now_ms() - started;

	if (!error) {
		printf("@ loaded %s %ld %ld\n", name, verified_instructions(), ms);
		return;
	}
	printf("@ refused %s %d %ld\n", name, error, ms);
	print_end(libbpf_log, LIBBPF_LINES);
	/* What the kernel refused before its verifier looked has no log at any level. */
	if (verifier_log[0] && try_program(name, LOG_INSTRUCTIONS))
		print_end(verifier_log, VERIFIER_LINES);
}

static void tell_object(void)
{
	struct bpf_object *object = bpf_object__open_file(OBJECT, NULL);
	struct bpf_program *program;
	int count = 0;

	if (!object) {
		printf("@ error cannot open " OBJECT ": %s\n", strerror(errno));
		print_end(libbpf_log, LIBBPF_LINES);
		return;
	}
	bpf_object__for_each_program(program, object) {
		tell_program(bpf_program__name(program));
		count++;
	}
	bpf_object__close(object);
	printf("@ end %d\n", count);
}

static bool prepare_machine(void)
{
	mkdir("/sys", 0755);
	mkdir("/proc", 0755);
	if (mount("sysfs", "/sys", "sysfs", 0, NULL) || mount("proc", "/proc", "proc", 0, NULL)) {
		printf("@ error cannot mount: %s\n", strerror(errno));
		return false;
	}
	verifier_log = mmap(NULL, LOG_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (verifier_log == MAP_FAILED) {
		printf("@ error cannot map memory for the log: %s\n", strerror(errno));
		return false;
	}
	return true;
}

int main(void)
{
	struct utsname system;

	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(keep_message);
	if (prepare_machine() && !uname(&system)) {
		printf("@ kernel %s\n", system.release);
		tell_object();
	}
	/* A machine that is off sends nothing more of what its port was given. */
	tcdrain(STDOUT_FILENO);
	reboot(RB_POWER_OFF);
	return 1;
}
