/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The arguments of a system call, as its registers hold them. */
#ifndef TRACEE_CALL_ARGUMENTS_H
#define TRACEE_CALL_ARGUMENTS_H

/*
 * A struct sockaddr, whose length is the next argument; or stands where the next argument points to, and
 * there the kernel has put how long the address is, which can be longer than what it had room for.
 */
VERIFIED_ONCE int append_address_argument(__u64 program, __u64 index, __u64 address, __u64 next,
					  __u64 is_written)
{
	struct record record = {};
	__u32 length = next;

	if (is_written && read_user(&length, sizeof(length), (const void *)next))
		return DONE;
	if (find_record(&record, program))
		put_user_bytes(&record, index, (const void *)address, length, MAX_ADDRESS_SIZE);
	return DONE;
}

/* The argument at a place that is only known at run time, 0 for none. */
static __always_inline __u64 choose_argument(const __u64 *arguments, __u64 index)
{
	__u64 chosen = 0;

#pragma unroll
	for (__u32 i = 0; i < 6; i++) {
		if (index == i)
			chosen = arguments[i];
	}
	return chosen;
}

/* A number as it stands in its slot: sign and width of its C type, not of the register. */
static __always_inline __u64 argument_number(__u8 wire, __u64 value, bool is_compat)
{
	if (wire == WIRE_I32 || (wire == WIRE_I64 && is_compat))
		return (__s64)(__s32)value;
	if (wire == WIRE_U32)
		return (__u32)value;
	return value;
}

/*
 * The wires[] of a syscall's arguments say how each is passed on; arrays of strings come last, in the places
 * that string_arrays[] names, since a loop for each of six arguments would be six times the verifier's work.
 */
VERIFIED_ONCE int append_call_arguments(__u64 program)
{
	struct record record = {};
	struct event_config *event;
	struct scratch *scratch;
	const __u64 *arguments;
	bool is_compat;

	if (!find_record(&record, program))
		return DONE;
	event = get_event_config(FRESH(record.header->event));
	if (!event)
		return DONE;
	scratch = record.scratch;
	arguments = scratch->called.arguments;
	is_compat = FRESH(record.header->flags) & RECORD_COMPAT;
#pragma unroll
	for (__u32 i = 0; i < 6; i++) {
		__u8 wire = event->wires[i];

		if (HAS_WIRE(WIRE_STRING) && wire == WIRE_STRING)
			put_user_string(&record, i, (void *)arguments[i]);
		else if (HAS_WIRE(WIRE_ADDRESS) && i < 5 &&
			 (wire == WIRE_ADDRESS || wire == WIRE_ADDRESS_OUT))
			FOLLOW(append_address_argument(program, i, arguments[i], arguments[i + 1],
						       wire == WIRE_ADDRESS_OUT));
		else if (wire != WIRE_NONE && wire != WIRE_STRINGS)
			put_number(&record, i, argument_number(wire, arguments[i], is_compat));
	}
	if (!HAS_WIRE(WIRE_STRINGS))
		return DONE;
#pragma unroll
	for (__u32 i = 0; i < MAX_STRING_ARRAYS; i++) {
		__u64 index = FRESH(event->string_arrays[i]);

		KEEP_AS_ONE(index);
		if (index < 6)
			put_user_strings(&record, index, (void *)FRESH(scratch->called.arguments[index]));
	}
	return DONE;
}

#endif
