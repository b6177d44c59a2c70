/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What system calls led to, looked at when they return: events.checks says for which of them. */
#ifndef TRACEE_PROBES_CARRIERS_H
#define TRACEE_PROBES_CARRIERS_H

/*
 * What else a call led to; for events whose own hook this kernel does not have. It keeps nothing on its
 * stack: with those before and behind it, there is not much of that left.
 */
SHARED int on_carrier_exit(struct call *call)
{
	if (IS_CARRIED(CHECK_SECURITY_FILE_OPEN) && HAS_SUCCEEDED)
		FOLLOW(on_file_call(call, RESULT));
	if (IS_CARRIED(CHECK_MEMORY_FILE_OPEN) && HAS_SUCCEEDED)
		FOLLOW(on_memory_file_call(call, RESULT));
	if (IS_CARRIED(CHECK_STDIO_SOCKET))
		FOLLOW(on_stdio_call(call, RESULT));
	if (IS_CARRIED(CHECK_SECURITY_INODE_UNLINK) && HAS_SUCCEEDED)
		FOLLOW(on_unlink_call(call));
	on_inode_carrier_exit(call);
	on_module_carrier_exit(call);
	on_memory_carrier_exit(call);
	on_process_file_carrier_exit(call);
	on_seccomp_carrier_exit(call);
	on_socket_carrier_exit(call);
	on_access_carrier_exit(call);
	on_write_carrier_exit(call);
	return DONE;
}

#endif
