/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What was passed: writes arguments into a record. Numbers go into slots, bytes behind the record's end. */
#ifndef TRACEE_ARGUMENTS_H
#define TRACEE_ARGUMENTS_H

/*
 * A record under construction in a program's scratch slot. What changes while it grows (its size so far, the
 * place in a path, counts) is kept in that memory and not in variables: the verifier knows nothing of a value
 * that it loads, so that all ways through an argument look alike to it behind it. Variables would multiply
 * them, argument by argument, up to its limit of a million instructions.
 */
struct record {
	void *ctx; /* of the program, for the perf buffer */
	struct record_header *header;
	struct scratch *scratch; /* header and all that follows */
	__u64 program;		 /* whose scratch slot it is */
};

static __always_inline void put_number(struct record *record, __u64 index, __u64 value)
{
	if (!__builtin_constant_p(index))
		KEEP_AS_ONE(index);
	if (index >= MAX_ARGUMENTS)
		return;
	record->header->slots[index] = value;
	record->header->arguments |= 1U << index;
}

/* A slot that refers to bytes. `full` is how many bytes or strings there were, 0 where nobody knows. */
static __always_inline __u64 reference(__u64 offset, __u64 length, __u32 full, bool is_cut)
{
	return offset | length << 16 | (__u64)(full | (is_cut ? CUT_BIT : 0)) << 32;
}

/* Takes `length` bytes that lie at the record's end; cuts what stands over the record's limit. */
static __always_inline __u64 claim(struct record *record, __u64 length, __u32 full, bool is_cut)
{
	__u64 start = FRESH(record->header->size);

	if (start + length > MAX_RECORD_SIZE) {
		length = MAX_RECORD_SIZE - start;
		is_cut = true;
	}
	FRESH(record->header->size) = start + length;
	return reference(start, length, full, is_cut);
}

/* Whether a string that fills its buffer goes on in the source. */
static __always_inline bool user_string_goes_on(const void *source)
{
	char next = 0;

	read_user(&next, sizeof(next), source + MAX_STRING_SIZE - 1);
	return next;
}

/* The record that a program is building. False where it has no room. */
static __always_inline bool find_record(struct record *record, __u64 program)
{
	struct config *config = get_config();

	record->scratch = config ? take_scratch(config, program) : NULL;
	if (!record->scratch)
		return false;
	record->header = (struct record_header *)record->scratch->bytes;
	record->program = program;
	return true;
}

/* Works on numbers, so that the verifier looks at it once for all that have strings. */
VERIFIED_ONCE int append_string_argument(__u64 program, __u64 index, __u64 address)
{
	const void *source = (const void *)address;
	struct record record = {};
	bool is_cut = false;
	__u64 end;
	long size;

	if (!source || !find_record(&record, program))
		return DONE;
	end = FRESH(record.header->size);
	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return DONE;
	size = read_user_str(record.scratch->bytes + end, MAX_STRING_SIZE, source);
	if (size <= 0)
		return DONE;
	if (size == MAX_STRING_SIZE)
		is_cut = user_string_goes_on(source);
	put_number(&record, index, claim(&record, size - 1, is_cut ? 0 : size - 1, is_cut));
	return DONE;
}

static __always_inline void put_user_string(struct record *record, __u32 index, const void *source)
{
	FOLLOW(append_string_argument(record->program, index, (__u64)source));
}

/* Bytes of the caller's memory, of which as many are taken as `most` allows (at most MAX_STRING_SIZE). */
static __always_inline void put_user_bytes(struct record *record, __u64 index, const void *source, __u64 full,
					   __u64 most)
{
	__u64 end = FRESH(record->header->size);
	__u64 length = full < most ? full : most;

	KEEP_AS_ONE(end);
	KEEP_AS_ONE(length);
	if (!source || end >= MAX_RECORD_SIZE || length > MAX_STRING_SIZE)
		return;
	if (read_user(record->scratch->bytes + end, length, source))
		return;
	put_number(record, index, claim(record, length, full, length < full));
}

VERIFIED_ONCE int append_kernel_string(__u64 program, __u64 index, __u64 address)
{
	struct record record = {};
	__u64 end;
	long size;

	if (!find_record(&record, program))
		return DONE;
	end = FRESH(record.header->size);
	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return DONE;
	size = read_kernel_str(record.scratch->bytes + end, MAX_STRING_SIZE, (const void *)address);
	if (size > 0)
		put_number(&record, index, claim(&record, size - 1, size - 1, false));
	return DONE;
}

/* An address as a number: of a hook's own argument the verifier knows what it is, and hands that to no function. */
static __always_inline __u64 as_number(struct record *record, const void *address)
{
	FRESH(record->scratch->address) = (__u64)address;
	return FRESH(record->scratch->address);
}

/* A string of the kernel's own, such as bprm->filename. */
static __always_inline void put_kernel_string(struct record *record, __u32 index, const void *source)
{
	FOLLOW(append_kernel_string(record->program, index, as_number(record, source)));
}

/* What is_cut says of an array of strings: those behind are missing, or one of them is not whole. */
#define ARRAY_GOES_ON 1
#define STRING_GOES_ON 2

/* Appends one string of an array. False at the array's end and at the first that cannot be taken. */
static __always_inline bool append_user_string(struct record *record, const void *source, __u32 index)
{
	struct scratch *scratch = record->scratch;
	__u32 width = FRESH(record->header->flags) & RECORD_COMPAT ? 4 : 8;
	__u64 end = FRESH(record->header->size);
	__u64 pointer = 0;
	long size;

	if (read_user(&pointer, width, source + index * width))
		return false;
	if (!pointer) {
		FRESH(scratch->is_cut) &= ~ARRAY_GOES_ON;
		return false;
	}
	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return false;
	size = read_user_str(scratch->bytes + end, MAX_STRING_SIZE, (void *)pointer);
	if (size <= 0)
		return false;
	if (end + size > MAX_RECORD_SIZE || (size == MAX_STRING_SIZE && user_string_goes_on((void *)pointer)))
		FRESH(scratch->is_cut) |= STRING_GOES_ON;
	end += size;
	if (end > MAX_RECORD_SIZE)
		end = MAX_RECORD_SIZE;
	FRESH(record->header->size) = end;
	FRESH(scratch->count) += 1;
	return true;
}

/* An array of string pointers that ends with NULL (argv, envp), in the caller's width. */
VERIFIED_ONCE int append_strings_argument(__u64 program, __u64 index, __u64 address)
{
	const void *source = (const void *)address;
	struct record record = {};
	struct scratch *scratch;

	if (!source || !find_record(&record, program) || FRESH(record.header->size) >= MAX_RECORD_SIZE)
		return DONE;
	scratch = record.scratch;
	FRESH(scratch->start) = FRESH(record.header->size);
	FRESH(scratch->count) = 0;
	FRESH(scratch->is_cut) = ARRAY_GOES_ON;
	LOOP
	for (__u32 i = 0; i < MAX_STRINGS; i++) {
		if (!append_user_string(&record, source, i))
			break;
	}
	put_number(&record, index,
		   reference(FRESH(scratch->start), FRESH(record.header->size) - FRESH(scratch->start),
			     FRESH(scratch->is_cut) ? 0 : FRESH(scratch->count), FRESH(scratch->is_cut)));
	return DONE;
}

static __always_inline void put_user_strings(struct record *record, __u64 index, const void *source)
{
	FOLLOW(append_strings_argument(record->program, index, (__u64)source));
}

/*
 * The argument vector as the kernel laid it out for the new program: NUL-terminated strings from arg_start
 * to arg_end, one block. Right after exec nothing but the kernel has written there.
 */
static __always_inline void put_argument_block(struct record *record, __u64 index, struct mm_struct *mm)
{
	unsigned long from = FIELD(mm, arg_start);
	__u64 full = FIELD(mm, arg_end) - from;
	__u64 length = full;
	__u64 end = FRESH(record->header->size);

	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return;
	KEEP_AS_ONE(length);
	if (length > MAX_STRING_SIZE)
		length = MAX_STRING_SIZE;
	if (read_user(record->scratch->bytes + end, length, (void *)from))
		return;
	put_number(record, index, claim(record, length, full, length < full));
}

#endif
