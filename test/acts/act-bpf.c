// SPDX-License-Identifier: Apache-2.0
/* BPF objects that do nothing. */
#include <linux/bpf.h>
#include "../attacks/freestanding.h"

static void make_map(struct start *start)
{
	union bpf_attr attributes = { 0 };

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
