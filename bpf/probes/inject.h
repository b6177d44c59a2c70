/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Writing into a process through its file in procfs, by whatever path, descriptor or ring it is
 * reached.
 *
 *   write, pwrite, sendfile, io_uring -> mem_write(file, buffer, count, position)
 *
 * Where that function cannot be hooked, the calls that write are looked at when they return.
 */
#ifndef TRACEE_PROBES_INJECT_H
#define TRACEE_PROBES_INJECT_H

/* Of what is written, enough to tell a breakpoint from a program. */
#define MAX_MEMORY_DATA 64

/* include/uapi/linux/magic.h */
#define MAGIC_PROC 0x9fa0

/* Whether a file is in procfs and has this name of at most seven bytes, as a little-endian number. */
static __always_inline bool is_process_file(struct file *file, __u64 wanted, __u32 length)
{
	struct inode *inode = FIELD(file, f_inode);
	struct super_block *super = FIELD(inode, i_sb);
	struct dentry *dentry = FIELD(file, f_path.dentry);
	const unsigned char *bytes;
	__u64 name = 0;

	if (FIELD(super, s_magic) != MAGIC_PROC || FIELD(dentry, d_name.len) != length)
		return false;
	bytes = FIELD(dentry, d_name.name);
	read_kernel(&name, length, bytes);
	return name == wanted;
}

/* "mem" */
#define is_process_memory(file) is_process_file(file, 0x6d656d, 3)

struct memory_write {
	const void *data; /* NULL where it is in more than one place */
	__u64 address;
	__u64 length;
};

/* Stacks are smaller than this, and nothing else is mapped that close below one (mmap_base()). */
#define STACK_SPACE (64ULL << 20)

/* Whether an address is in the data, the heap or the first stack of its memory: no code is there by itself. */
static __always_inline bool is_data_of(struct mm_struct *mm, __u64 address)
{
	if (address >= FIELD(mm, start_data) && address < FIELD(mm, brk))
		return true;
	return address + STACK_SPACE >= FIELD(mm, start_stack) && address < FIELD(mm, env_end);
}

/* Memory is mm_struct's, behind the file. */
SHARED int on_memory_write(struct call *call, struct file *file, const struct memory_write *write)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_MEM_WRITE);
	struct task_struct *target;
	struct record record;
	struct mm_struct *mm;

	if (!config || !event || !event->routes)
		return DONE;
	prove(config, EVENT_MEM_WRITE);
	if (!write->length || !in_scope(config) ||
	    !begin_record(&record, call, EVENT_MEM_WRITE, event->routes))
		return DONE;
	mm = FIELD(file, private_data);
	put_number(&record, MEM_WRITE__IS_SELF, mm == FIELD(task, mm));
	put_number(&record, MEM_WRITE__IS_DATA, is_data_of(mm, write->address));
	put_number(&record, MEM_WRITE__ADDRESS, write->address);
	put_number(&record, MEM_WRITE__LENGTH, write->length);
	put_user_bytes(&record, MEM_WRITE__DATA, write->data, write->length, MAX_MEMORY_DATA);
	target = owner_of_memory(mm);
	if (target) {
		target = FIELD(target, group_leader);
		put_number(&record, MEM_WRITE__TARGET_PID, FIELD(target, tgid));
		put_number(&record, MEM_WRITE__TARGET_NS_PID, task_ns_tid(target));
		put_kernel_string(&record, MEM_WRITE__TARGET_COMM, target->comm);
	}
	submit_record(&record);
	return DONE;
}

static __always_inline int on_mem_write(struct call *call, struct file *file, const void *data, __u64 length,
					__u64 *position)
{
	struct memory_write write = {.data = data, .length = length};

	read_kernel(&write.address, sizeof(write.address), position);
	FOLLOW(on_memory_write(call, file, &write));
	return 0;
}

/* Every write of the machine comes here, where there is no other way: most leave at the first question. */
SHARED int on_write_exit(struct call *call, __s64 written)
{
	struct memory_write write = {.length = written};
	struct config *config = get_config();
	struct file *file;

	file = file_of_descriptor(call->called->arguments[0]);
	if (!config || !file || !is_process_memory(file))
		return DONE;
	prove(config, EVENT_MEM_WRITE);
	if (written <= 0)
		return DONE;
	if (EVENT == EVENT_WRITE || EVENT == EVENT_PWRITE64)
		write.data = (void *)call->called->arguments[1];
	/* What has no offset of its own has moved the file's. */
	if (EVENT == EVENT_WRITE || EVENT == EVENT_WRITEV)
		write.address = FIELD(file, f_pos) - written;
	else
		write.address = call->called->arguments[3];
	FOLLOW(on_memory_write(call, file, &write));
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/mem_write")
int fentry__mem_write(__u64 *ctx)
{
	__u64 *position;

	/* An argument that points to a number: a program may read that itself since 5.17 (bb6728d75611). */
	read_kernel(&position, sizeof(position), ctx + 3);
	return HAND_TO(on_mem_write, PROGRAM_FENTRY__MEM_WRITE, HOOK_TRAMPOLINE, (void *)ctx[0],
		       (void *)ctx[1], ctx[2], position);
}
#endif

SEC("kprobe/mem_write")
int kprobe__mem_write(struct pt_regs *ctx)
{
	return HAND_TO(on_mem_write, PROGRAM_KPROBE__MEM_WRITE, HOOK_KPROBE, (void *)PT_REGS_PARM1(ctx),
		       (void *)PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx), (void *)PT_REGS_PARM4(ctx));
}

#endif
