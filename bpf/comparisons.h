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

/* 1 for any number but 0. Arithmetic: the verifier would follow both ways of a branch, for each value. */
static __always_inline __u64 is_any(__u64 number)
{
	__u64 negative = -number;

	/* Or the optimiser sees what this says, and makes a branch of it. */
	KEEP_AS_ONE(negative);
	return (number | negative) >> 63;
}

static __always_inline bool compare_number(struct scratch *scratch, const struct comparison *comparison)
{
	const struct record_header *header = (const struct record_header *)scratch->bytes;
	__u64 number = compared_number(header, comparison->argument, comparison->wire);
	__u8 operation = comparison->operation;
	__u64 differs = 1;

	/* Of what it loads the verifier knows nothing: it follows the loop once, not for each kind of number. */
	FRESH(scratch->arguments[0]) = number;
	number = FRESH(scratch->arguments[0]);
	if (operation == COMPARE_AT_LEAST)
		return is_at_least(number, comparison->values[0], comparison->wire);
	if (operation == COMPARE_AT_MOST)
		return is_at_least(comparison->values[0], number, comparison->wire);
	ROLLED
	for (__u32 i = 0; i < MAX_COMPARED_NUMBERS; i++)
		differs &= is_any(comparison->values[i] ^ number);
	return differs == (operation == COMPARE_NONE_OF);
}

/* 0 where a value stands in a text where it should; `at` is where the text begins, in the record. */
static __always_inline __u64 text_differs(const struct scratch *scratch, const struct comparison *comparison,
					  __u32 value, __u64 at, __u64 length)
{
	__u64 size = comparison->lengths[value];
	/* Set where the text is shorter, or longer than it may be. */
	__u64 difference = (length - size) >> 63 | (length ^ size) * comparison->whole[value];

	at += (length - size) * comparison->from_end[value];
	ROLLED
	for (__u32 i = 0; i < MAX_COMPARED_TEXT_SIZE / 8; i++) {
		__u32 word = value * (MAX_COMPARED_TEXT_SIZE / 8) + i;
		__u64 place = (at + 8 * i) & (MAX_RECORD_SIZE - 1);
		__u64 found;

		KEEP_AS_ONE(place);
		if (place >= MAX_RECORD_SIZE)
			return 1;
		/* All kernels that this runs on may load what is not aligned. */
		found = *(const __u64 *)(scratch->bytes + place);
		difference |= (found ^ comparison->values[word]) & comparison->masks[word];
	}
	return difference;
}

static __always_inline bool compare_text(const struct scratch *scratch, const struct comparison *comparison)
{
	const struct record_header *header = (const struct record_header *)scratch->bytes;
	__u64 argument = comparison->argument;
	__u64 differs = 1;
	__u64 slot;

	KEEP_AS_ONE(argument);
	if (argument >= MAX_ARGUMENTS)
		return false;
	slot = header->slots[argument];
	ROLLED
	for (__u32 i = 0; i < MAX_COMPARED_TEXTS; i++)
		differs &= is_any(text_differs(scratch, comparison, i, slot & 0xffff, slot >> 16 & 0xffff));
	return differs == (comparison->operation == COMPARE_TEXT_NONE_OF);
}

/* By number, so that the verifier looks at it once for all comparisons. */
VERIFIED_ONCE int passes_comparison(__u64 program, __u32 index)
{
	struct comparison *comparison;
	struct config *config = get_config();
	struct scratch *scratch = config ? take_scratch(config, program) : NULL;
	struct record_header *header;
	__u8 argument;
	int result;

	if (!WANTS_COMPARISONS)
		return 1;
	comparison = bpf_map_lookup_elem(&comparisons, &index);
	if (!comparison || !scratch)
		return 1;
	header = (struct record_header *)scratch->bytes;
	argument = comparison->argument;
	/* What could not be read is not what was asked for. */
	if (argument != COMPARED_RESULT && !(header->arguments >> (argument & 15) & 1))
		return 0;
	result = comparison->operation >= COMPARE_TEXT_ONE_OF ? compare_text(scratch, comparison)
							      : compare_number(scratch, comparison);
	KEEP_AS_ONE(result);
	return result;
}

/* Whether a record is one of those that were asked for. */
static __always_inline bool passes_comparisons(struct scratch *scratch, __u64 program,
					       const struct event_config *event)
{
	__u32 first = event->first_comparison;

	/* In memory of the program's own: all ways out of the loop look alike to the verifier. */
	FRESH(scratch->count) = 1;
	ROLLED
	for (__u32 i = 0; i < MAX_EVENT_COMPARISONS; i++) {
		if (i < FRESH(event->comparison_count) && FRESH(scratch->count))
			FRESH(scratch->count) = passes_comparison(program, first + i);
	}
	return FRESH(scratch->count);
}

#endif
