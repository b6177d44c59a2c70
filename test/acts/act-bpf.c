// SPDX-License-Identifier: Apache-2.0
/* BPF objects that do nothing. */
#include <linux/bpf.h>
#include <linux/resource.h>
#include "../attacks/freestanding.h"

/* Until 5.11 BPF is locked memory, of which users have little and Tracee's own is a part (3ac1f01b43b6). */
static void allow_locked_memory(void)
{
	static const unsigned long limits[2] = { ~0UL, ~0UL };

	/* Where that is not allowed it is not needed, or bpf() says so. */
	call4(__NR_prlimit64, 0, RLIMIT_MEMLOCK, (long)limits, 0);
}

static void make_map(struct start *start)
{
	union bpf_attr attributes = { 0 };

	allow_locked_memory();
	attributes.map_type = BPF_MAP_TYPE_ARRAY;
	attributes.key_size = 4;
	attributes.value_size = 8;
	attributes.max_entries = 1;
	append_text(attributes.map_name, "act_map");
	can(call3(__NR_bpf, BPF_MAP_CREATE, (long)&attributes, sizeof(attributes)), "BPF_MAP_CREATE");
}

static void load_program(struct start *start)
{
	/* r0 = 0; exit */
	static const struct bpf_insn instructions[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attributes = { 0 };

	allow_locked_memory();
	attributes.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attributes.insn_cnt = LENGTH(instructions);
	attributes.insns = (long)instructions;
	attributes.license = (long)"GPL";
	append_text(attributes.prog_name, "act_prog");
	can(call3(__NR_bpf, BPF_PROG_LOAD, (long)&attributes, sizeof(attributes)), "BPF_PROG_LOAD");
}

static const struct act bpf_acts[] = {
	{ "map", make_map },
	{ "program", load_program },
};

PROGRAM(bpf_acts)
