/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Small programs, each refused by the verifier for the reason that it is named after. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[64]);
} values SEC(".maps");

static long (*bpf_of_the_future)(void) = (void *)9999;

static __always_inline char *first_value(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&values, &key);
}

SEC("raw_tp/sys_enter")
int accepted(__u64 *ctx)
{
	return 0;
}

SEC("raw_tp/sys_enter")
int invalid_memory(__u64 *ctx)
{
	return *(int *)ctx[1];
}

SEC("raw_tp/sys_enter")
int null_not_checked(__u64 *ctx)
{
	char *value = first_value();

	value[1] = 1;
	return 0;
}

SEC("raw_tp/sys_enter")
int unbounded(__u64 *ctx)
{
	char *value = first_value();

	return value ? value[ctx[1]] : 0;
}

SEC("raw_tp/sys_enter")
int outside_of_value(__u64 *ctx)
{
	char *value = first_value();

	return value ? value[ctx[1] & 255] : 0;
}

SEC("raw_tp/sys_enter")
__attribute__((naked)) int endless_loop(__u64 *ctx)
{
	asm volatile("r0 = 0; goto -2");
}

#ifndef WITHOUT_SLOW
SEC("raw_tp/sys_enter")
int too_many_instructions(__u64 *ctx)
{
	__u64 sum = 0;

	for (__u64 i = 0; i < 100000000; i++) {
		sum += bpf_ktime_get_ns();
		asm volatile("" : "+r"(sum));
	}
	return sum;
}
#endif

SEC("raw_tp/sys_enter")
int unknown_helper(__u64 *ctx)
{
	return bpf_of_the_future();
}

SEC("raw_tp/sys_enter")
int context_out_of_bounds(__u64 *ctx)
{
	return ctx[200];
}

SEC("raw_tp/sys_enter")
int stack_too_large(__u64 *ctx)
{
	asm volatile("*(u64 *)(r10 - 520) = r1");
	return 0;
}

SEC("raw_tp/sys_enter")
__attribute__((naked)) int no_return_value(__u64 *ctx)
{
	asm volatile("exit");
}

SEC("raw_tp/sys_enter")
int unknown_opcode(__u64 *ctx)
{
	asm volatile(".8byte 0x8e");
	return 0;
}

SEC("raw_tp/sys_enter")
int unreachable_code(__u64 *ctx)
{
	asm volatile("r0 = 0; exit");
	return 0;
}

SEC("raw_tp/sys_enter")
int wrong_argument(__u64 *ctx)
{
	return bpf_map_lookup_elem(&values, ctx) != 0;
}

SEC("raw_tp/sys_enter")
int helper_of_other_programs(__u64 *ctx)
{
	return bpf_get_retval();
}

SEC("raw_tp/sys_enter")
__attribute__((naked)) int unset_register(__u64 *ctx)
{
	asm volatile("r0 = r7; exit");
}

/* As it stands in no kernel. */
struct task_struct {
	int no_such_member;
} __attribute__((preserve_access_index));

SEC("raw_tp/sys_enter")
int unknown_field(__u64 *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), &task->no_such_member);
	return value;
}
