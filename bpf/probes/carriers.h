/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What system calls led to, looked at when they return: events.checks says for which of them. */
#ifndef TRACEE_PROBES_CARRIERS_H
#define TRACEE_PROBES_CARRIERS_H

SHARED int on_opened(struct call *call, __s64 descriptor)
{
	struct file *file = file_of_descriptor(descriptor);

	if (file)
		on_file_open(call->ctx, file, call->program, call->hook);
	return DONE;
}

/*
 * What else a call led to; for events whose own hook this kernel does not have. Records are built in functions
 * of their own: 512 bytes of stack are for all on the way together.
 */
SHARED int on_carrier_exit(struct call *call, __s64 result, __u32 checks)
{
	if (IS_SELECTED(CHECK_SECURITY_FILE_OPEN) && checks & CHECK_SECURITY_FILE_OPEN && result >= 0)
		RUN(on_opened(call, result));
	on_inode_carrier_exit(call, result, checks);
	on_module_carrier_exit(call, checks);
	return DONE;
}

#endif
