// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The kernel side of Tracee: one object. docs/architecture.md draws how it fits together. */
#include "kernel_types.h"
#include "generated/events.h"
#include "compat.h"
#include "registers.h"
#include "shared.h"
#include "maps.h"
#include "namespaces.h"
#include "containers.h"
#include "filters.h"
#include "scope.h"
#include "context.h"
#include "arguments.h"
#include "files.h"
#include "submit.h"
#include "user_paths.h"
#include "probes/memory.h"
#include "probes/memory_calls.h"
#include "probes/memory_programs.h"
#include "probes/inject.h"
#include "probes/debugging.h"
#include "probes/seccomp.h"
#include "probes/files.h"
#include "probes/stdio.h"
#include "probes/own_executable.h"
#include "probes/memory_files.h"
#include "probes/loader_strings.h"
#include "probes/environment.h"
#include "probes/process.h"
#include "probes/inodes.h"
#include "probes/inode_calls.h"
#include "probes/inode_programs.h"
#include "probes/modules.h"
#include "probes/writes.h"
#include "probes/write_programs.h"
#include "probes/ends.h"
#include "probes/cgroups.h"
#include "probes/io_uring.h"
#include "probes/io_uring_programs.h"
#include "probes/carriers.h"
#include "probes/syscalls.h"
#include "probes/syscall_programs.h"
#include "probes/every_call.h"
#include "capture_maps.h"
#include "capture.h"
#include "probes/capture_write.h"
#include "probes/capture_exec.h"
#include "probes/capture_memory.h"
#include "probes/capture_module.h"
#include "probes/capture_calls.h"

/* Never attached: the runtime runs it once to tell its own host process id, whatever its pid namespace. */
SEC("raw_tp")
int identify_self(__u64 *ctx)
{
	struct config *config = get_config();

	if (config)
		config->self_pid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
