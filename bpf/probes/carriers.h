/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What system calls led to, looked at when they return: events.checks says for which of them. */
#ifndef TRACEE_PROBES_CARRIERS_H
#define TRACEE_PROBES_CARRIERS_H

/*
 * What else a call led to; for events whose own hook this kernel does not have. It keeps nothing on its stack:
 * with those before and behind it, there is not much of that left.
 */
SHARED int on_carrier_exit(struct call *call, __s64 result, __u32 checks)
{
	if (IS_SELECTED(CHECK_SECURITY_FILE_OPEN) && checks & CHECK_SECURITY_FILE_OPEN && result >= 0)
		FOLLOW(on_file_call(call, result));
	if (IS_SELECTED(CHECK_MEMORY_FILE_OPEN) && checks & CHECK_MEMORY_FILE_OPEN && result >= 0)
		FOLLOW(on_memory_file_call(call, result));
	if (IS_SELECTED(CHECK_STDIO_SOCKET) && checks & CHECK_STDIO_SOCKET)
		FOLLOW(on_stdio_call(call, result));
	if (IS_SELECTED(CHECK_SECURITY_INODE_UNLINK) && checks & CHECK_SECURITY_INODE_UNLINK && !result)
		FOLLOW(on_unlink_call(call));
	on_inode_carrier_exit(call, result, checks);
	on_module_carrier_exit(call, checks);
	on_memory_carrier_exit(call, result, checks);
	on_process_file_carrier_exit(call, result, checks);
	on_seccomp_carrier_exit(call, result, checks);
	return DONE;
}

#endif
