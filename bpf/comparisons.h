/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the arguments and the result of an event must be like, looked at when its record is finished. */
#ifndef TRACEE_COMPARISONS_H
#define TRACEE_COMPARISONS_H

/* A number as its type has it: what stands above 32 bits in a register means nothing. */
static __always_inline __u64 compared_number(const struct record_header *header, __u64 argument, __u8 wire)
{
	__u64 number;

	if (argument == COMPARED_RESULT)
		return header->return_value;
	KEEP_AS_ONE(argument);
	if (argument >= MAX_ARGUMENTS)
		return 0;
	number = header->slots[argument];
	if (wire == WIRE_I32)
		return (__s64)(__s32)number;
	return wire == WIRE_U32 ? (__u32)number : number;
}

static __always_inline bool is_at_least(__u64 one, __u64 other, __u8 wire)
{
	return wire == WIRE_I32 || wire == WIRE_I64 ? (__s64)one >= (__s64)other : one >= other;
}

static __always_inline bool compare_number(const struct record_header *header,
					   const struct comparison *comparison)
{
	__u64 number = compared_number(header, comparison->argument, comparison->wire);
	__u8 operation = comparison->operation;
	bool is_one = false;

	if (operation == COMPARE_AT_LEAST)
		return is_at_least(number, comparison->values[0], comparison->wire);
	if (operation == COMPARE_AT_MOST)
		return is_at_least(comparison->values[0], number, comparison->wire);
	LOOP
	for (__u32 i = 0; i < MAX_COMPARED_NUMBERS; i++) {
		if (i < comparison->count && comparison->values[i] == number)
			is_one = true;
	}
	return is_one == (operation == COMPARE_ONE_OF);
}

/* Whether one value stands in a text where it should. Differences are gathered: branches would be followed each. */
static __always_inline bool is_text(const struct scratch *scratch, const struct comparison *comparison,
				    __u64 value, __u64 start, __u64 length)
{
	const __u8 *wanted = (const __u8 *)comparison->values + value * MAX_COMPARED_TEXT_SIZE;
	__u64 size = comparison->lengths[value];
	__u8 anchors = comparison->anchors[value];
	__u8 difference = 0;

	if (length < size || (anchors == (ANCHOR_START | ANCHOR_END) && length != size))
		return false;
	if (anchors == ANCHOR_END)
		start += length - size;
	LOOP
	for (__u64 i = 0; i < MAX_COMPARED_TEXT_SIZE; i++) {
		__u64 at = start + i;

		KEEP_AS_ONE(at);
		difference |= (scratch->bytes[at & (MAX_RECORD_SIZE - 1)] ^ wanted[i]) & (i < size ? 0xff : 0);
	}
	return !difference;
}

static __always_inline bool compare_text(const struct scratch *scratch, const struct comparison *comparison)
{
	const struct record_header *header = (const struct record_header *)scratch->bytes;
	__u64 argument = comparison->argument;
	bool is_one = false;
	__u64 slot;

	KEEP_AS_ONE(argument);
	if (argument >= MAX_ARGUMENTS)
		return false;
	slot = header->slots[argument];
	LOOP
	for (__u64 i = 0; i < MAX_COMPARED_TEXTS; i++) {
		if (i < comparison->count && is_text(scratch, comparison, i, slot & 0xffff, slot >> 16 & 0xffff))
			is_one = true;
	}
	return is_one == (comparison->operation == COMPARE_TEXT_ONE_OF);
}

/* By number, so that the verifier looks at it once for all comparisons. */
VERIFIED_ONCE int passes_comparison(__u64 program, __u32 index)
{
	struct comparison *comparison = bpf_map_lookup_elem(&comparisons, &index);
	struct config *config = get_config();
	struct scratch *scratch = config ? take_scratch(config, program) : NULL;
	struct record_header *header;
	__u8 argument;
	int result;

	if (!comparison || !scratch)
		return 1;
	header = (struct record_header *)scratch->bytes;
	argument = comparison->argument;
	/* What could not be read is not what was asked for. */
	if (argument != COMPARED_RESULT && !(header->arguments >> (argument & 15) & 1))
		return 0;
	result = comparison->operation >= COMPARE_TEXT_ONE_OF ? compare_text(scratch, comparison) :
								compare_number(header, comparison);
	KEEP_AS_ONE(result);
	return result;
}

/* Whether a record is one of those that were asked for. */
static __always_inline bool passes_comparisons(__u64 program, const struct event_config *event)
{
	__u32 first = event->first_comparison;

	LOOP
	for (__u32 i = 0; i < MAX_EVENT_COMPARISONS; i++) {
		if (i < event->comparison_count && !passes_comparison(program, first + i))
			return false;
	}
	return true;
}

#endif
