/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Code for the kernel itself.
 *
 *   finit_module() -> kernel_read_file() -> security_kernel_read_file(file, kind)     before it is
 * looked at init_module(), kexec_load() -> security_kernel_load_data(kind) bytes of the caller's
 *   load_module() -> trace_module_load(module)                                         when it will
 * be run
 *   __request_module() -> trace_module_request(name, wait)                             the kernel
 * starts modprobe
 *
 * What the caller may not do at all (EPERM) ends before the security hooks.
 */
#ifndef TRACEE_PROBES_MODULES_H
#define TRACEE_PROBES_MODULES_H

SHARED int on_kernel_read_file(struct call *call, struct file *file, __u32 kind)
{
	struct event_config *event = look_up(EVENT_SECURITY_KERNEL_READ_FILE);
	struct record record;

	if (!event || !file || !begin_wanted(&record, call, EVENT_SECURITY_KERNEL_READ_FILE, event->routes))
		return DONE;
	put_path(&record, SECURITY_KERNEL_READ_FILE__PATHNAME, file_path(file));
	put_number(&record, SECURITY_KERNEL_READ_FILE__TYPE, kind);
	put_file_identity(&record, SECURITY_KERNEL_READ_FILE__DEV, SECURITY_KERNEL_READ_FILE__INODE, file);
	put_number(&record, SECURITY_KERNEL_READ_FILE__STORAGE, file_storage(file));
	submit_record(&record);
	return DONE;
}

/* Descriptors looked at for the file that the bytes came from; those of standard streams are left out. */
#define FIRST_DESCRIPTOR 3
#define MAX_DESCRIPTORS 32

/* include/uapi/linux/stat.h */
#define FILE_TYPE 0170000
#define REGULAR_FILE 0100000

/*
 * Bytes have no name, but who unpacked them still has the packed file open. Only where it is the
 * one regular file of the process is it known to be that.
 */
static __always_inline struct file *only_open_file(struct scratch *scratch)
{
	FRESH(scratch->arguments[0]) = 0;
	FRESH(scratch->count) = 0;
	LOOP
	for (__u32 i = FIRST_DESCRIPTOR; i < MAX_DESCRIPTORS; i++) {
		struct file *file = file_of_descriptor(i);
		struct inode *inode = file ? FIELD(file, f_inode) : NULL;

		if (!inode || (FIELD(inode, i_mode) & FILE_TYPE) != REGULAR_FILE)
			continue;
		FRESH(scratch->arguments[0]) = (__u64)file;
		FRESH(scratch->count) += 1;
	}
	return FRESH(scratch->count) == 1 ? (struct file *)FRESH(scratch->arguments[0]) : NULL;
}

SHARED int on_kernel_load_data(struct call *call, __u32 kind)
{
	struct event_config *event = look_up(EVENT_SECURITY_KERNEL_LOAD_DATA);
	struct record record;
	struct file *file;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_KERNEL_LOAD_DATA, event->routes))
		return DONE;
	put_number(&record, SECURITY_KERNEL_LOAD_DATA__TYPE, kind);
	file = only_open_file(record.scratch);
	if (file) {
		put_path(&record, SECURITY_KERNEL_LOAD_DATA__PATHNAME, file_path(file));
		put_file_identity(&record, SECURITY_KERNEL_LOAD_DATA__DEV, SECURITY_KERNEL_LOAD_DATA__INODE,
				  file);
		put_number(&record, SECURITY_KERNEL_LOAD_DATA__STORAGE, file_storage(file));
	}
	submit_record(&record);
	return DONE;
}

/* What a call led to, whether or not it succeeded: an attempt counts. */
static __always_inline void on_module_carrier_exit(struct call *call)
{
	if (!CAN_BE_CARRIED(CHECK_SECURITY_KERNEL_READ_FILE | CHECK_SECURITY_KERNEL_LOAD_DATA))
		return;
	if (IS_CARRIED(CHECK_SECURITY_KERNEL_READ_FILE))
		FOLLOW(on_kernel_read_file(call, file_of_descriptor(call->called->arguments[0]),
					   EVENT == EVENT_FINIT_MODULE ? KIND_MODULE : KIND_KEXEC_IMAGE));
	if (IS_CARRIED(CHECK_SECURITY_KERNEL_LOAD_DATA))
		FOLLOW(on_kernel_load_data(call,
					   EVENT == EVENT_INIT_MODULE ? KIND_MODULE : KIND_KEXEC_IMAGE));
}

/* One that comes, or one that goes: also when its own start has failed. */
SHARED int on_module(struct call *call, __u32 event_id, struct module_facts *module)
{
	struct event_config *event = look_up(event_id);
	struct record record;

	if (!event || !begin_wanted(&record, call, event_id, event->routes))
		return DONE;
	put_kernel_string(&record, MODULE_LOAD__NAME, ADDRESS_OF(module, name));
	put_number(&record, MODULE_LOAD__TAINTS, FIELD(module, taints));
	submit_record(&record);
	return DONE;
}

_Static_assert(MODULE_FREE__NAME == MODULE_LOAD__NAME, "one place");
_Static_assert(MODULE_FREE__TAINTS == MODULE_LOAD__TAINTS, "one place");

SHARED int on_module_request(struct call *call, const char *name, bool is_waiting)
{
	struct event_config *event = look_up(EVENT_MODULE_REQUEST);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_MODULE_REQUEST, event->routes))
		return DONE;
	put_kernel_string(&record, MODULE_REQUEST__NAME, name);
	put_number(&record, MODULE_REQUEST__IS_WAITING, is_waiting);
	submit_record(&record);
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/security_kernel_read_file")
int fentry__security_kernel_read_file(__u64 *ctx)
{
	return HAND_TO(on_kernel_read_file, PROGRAM_FENTRY__SECURITY_KERNEL_READ_FILE, HOOK_TRAMPOLINE,
		       (void *)ctx[0], read_file_kind(ctx[1]));
}

SEC("fentry/security_kernel_load_data")
int fentry__security_kernel_load_data(__u64 *ctx)
{
	return HAND_TO(on_kernel_load_data, PROGRAM_FENTRY__SECURITY_KERNEL_LOAD_DATA, HOOK_TRAMPOLINE,
		       load_data_kind(ctx[0]));
}

SEC("tp_btf/module_load")
int tp_btf__module_load(__u64 *ctx)
{
	return HAND_TO(on_module, PROGRAM_TP_BTF__MODULE_LOAD, HOOK_TP_BTF, EVENT_MODULE_LOAD,
		       (void *)ctx[0]);
}

SEC("tp_btf/module_free")
int tp_btf__module_free(__u64 *ctx)
{
	return HAND_TO(on_module, PROGRAM_TP_BTF__MODULE_FREE, HOOK_TP_BTF, EVENT_MODULE_FREE,
		       (void *)ctx[0]);
}

SEC("tp_btf/module_request")
int tp_btf__module_request(__u64 *ctx)
{
	return HAND_TO(on_module_request, PROGRAM_TP_BTF__MODULE_REQUEST, HOOK_TP_BTF, (void *)ctx[0],
		       ctx[1]);
}
#endif

SEC("raw_tp/module_load")
int raw_tp__module_load(__u64 *ctx)
{
	return HAND_TO(on_module, PROGRAM_RAW_TP__MODULE_LOAD, HOOK_RAW_TRACEPOINT, EVENT_MODULE_LOAD,
		       (void *)ctx[0]);
}

SEC("raw_tp/module_free")
int raw_tp__module_free(__u64 *ctx)
{
	return HAND_TO(on_module, PROGRAM_RAW_TP__MODULE_FREE, HOOK_RAW_TRACEPOINT, EVENT_MODULE_FREE,
		       (void *)ctx[0]);
}

SEC("raw_tp/module_request")
int raw_tp__module_request(__u64 *ctx)
{
	return HAND_TO(on_module_request, PROGRAM_RAW_TP__MODULE_REQUEST, HOOK_RAW_TRACEPOINT, (void *)ctx[0],
		       ctx[1]);
}

SEC("kprobe/security_kernel_read_file")
int kprobe__security_kernel_read_file(struct pt_regs *ctx)
{
	return HAND_TO(on_kernel_read_file, PROGRAM_KPROBE__SECURITY_KERNEL_READ_FILE, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx), read_file_kind(PT_REGS_PARM2(ctx)));
}

SEC("kprobe/security_kernel_load_data")
int kprobe__security_kernel_load_data(struct pt_regs *ctx)
{
	return HAND_TO(on_kernel_load_data, PROGRAM_KPROBE__SECURITY_KERNEL_LOAD_DATA, HOOK_KPROBE,
		       load_data_kind(PT_REGS_PARM1(ctx)));
}

#if HAS_BPF_LSM
SEC("lsm/kernel_read_file")
int lsm__kernel_read_file(__u64 *ctx)
{
	return HAND_TO(on_kernel_read_file, PROGRAM_LSM__KERNEL_READ_FILE, HOOK_LSM, (void *)ctx[0],
		       read_file_kind(ctx[1]));
}

SEC("lsm/kernel_load_data")
int lsm__kernel_load_data(__u64 *ctx)
{
	return HAND_TO(on_kernel_load_data, PROGRAM_LSM__KERNEL_LOAD_DATA, HOOK_LSM, load_data_kind(ctx[0]));
}
#endif

#endif
