/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Looks through the strings of a new program for those that mean something to its dynamic loader. */
#ifndef TRACEE_PROBES_LOADER_STRINGS_H
#define TRACEE_PROBES_LOADER_STRINGS_H

/*
 * Strings looked at are as many as these three give multiplied: more than fit into any environment that is
 * not made to be in the way. The runtime reads what was not looked at. Three loops within each other and not
 * one, each a function that the verifier sees once: it walks through every round of a loop.
 */
#define STRINGS_AT_ONCE 16
#if HAS_VERIFIED_FUNCTIONS
#define STRING_ROUNDS 64
#else
/* Followed at each call: more would be more branches than the verifier keeps in mind (8192). */
#define STRING_ROUNDS (HAS_BOUNDED_LOOPS ? 6 : 0)
#endif

/* Eight characters as a little-endian number. */
#define WORD(a, b, c, d, e, f, g, h)                                                                         \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 |             \
	 (__u64)(f) << 40 | (__u64)(g) << 48 | (__u64)(h) << 56)
#define BYTE(word, index) ((word) >> (8 * (index)) & 0xff)
#define BYTES(word, count) ((word) & ((1ULL << (8 * (count))) - 1))

/* Where the notes of one scan stand in a scratch slot while no record is being built in it. */
#define NOTED(scratch) ((scratch)->arguments)  /* addresses of the first MAX_ARGUMENTS strings of interest */
#define COUNT(scratch) ((scratch)->count)      /* strings of interest */
#define GRAVE(scratch) ((scratch)->start)      /* those of them that make the loader do something */
#define IS_WITHIN(scratch) ((scratch)->is_cut) /* the next bytes go on with a string */

/* Where libraries are searched for: of interest only beside what loads one. */
static __always_inline bool is_search_path(__u64 first, __u64 second)
{
	return first == WORD('L', 'D', '_', 'L', 'I', 'B', 'R', 'A') &&
	       second == WORD('R', 'Y', '_', 'P', 'A', 'T', 'H', '=');
}

/* Variables that have a value, and options of a loader that is run as a program. */
static __always_inline bool is_grave(__u64 first, __u64 second)
{
	if (first == WORD('L', 'D', '_', 'P', 'R', 'E', 'L', 'O'))
		return BYTES(second, 3) == WORD('A', 'D', '=', 0, 0, 0, 0, 0) && BYTE(second, 3);
	if (first == WORD('L', 'D', '_', 'A', 'U', 'D', 'I', 'T'))
		return BYTE(second, 0) == '=' && BYTE(second, 1);
	if (first == WORD('G', 'L', 'I', 'B', 'C', '_', 'T', 'U'))
		return BYTES(second, 7) == WORD('N', 'A', 'B', 'L', 'E', 'S', '=', 0) && BYTE(second, 7);
	if (first == WORD('G', 'C', 'O', 'N', 'V', '_', 'P', 'A'))
		return BYTES(second, 3) == WORD('T', 'H', '=', 0, 0, 0, 0, 0) && BYTE(second, 3);
	if (first == WORD('L', 'D', '_', 'D', 'E', 'B', 'U', 'G'))
		return second == WORD('_', 'O', 'U', 'T', 'P', 'U', 'T', '=');
	if (first == WORD('L', 'D', '_', 'P', 'R', 'O', 'F', 'I'))
		return second == WORD('L', 'E', '_', 'O', 'U', 'T', 'P', 'U');
	/* musl takes --preload=LIBRARY too. */
	if (first == WORD('-', '-', 'p', 'r', 'e', 'l', 'o', 'a'))
		return BYTE(second, 0) == 'd' && (!BYTE(second, 1) || BYTE(second, 1) == '=');
	return first == WORD('-', '-', 'a', 'u', 'd', 'i', 't', 0);
}

/* Looks at the string of which a scan has just read the beginning. */
VERIFIED_ONCE int note_string(__u64 program, __u64 address)
{
	struct config *config = get_config();
	struct scratch *scratch = config ? take_scratch(config, program) : NULL;
	__u64 count;
	__u64 *words;
	bool grave;

	if (!scratch)
		return DONE;
	words = (__u64 *)(scratch->bytes + PATH_BUFFER);
	grave = is_grave(words[0], words[1]);
	count = FRESH(COUNT(scratch));
	if (!grave && !is_search_path(words[0], words[1]))
		return DONE;
	if (grave)
		FRESH(GRAVE(scratch)) += 1;
	FRESH(COUNT(scratch)) = count + 1;
	KEEP_AS_ONE(count);
	if (count < MAX_ARGUMENTS)
		FRESH(NOTED(scratch)[count]) = address;
	return DONE;
}

/* Goes through strings from one address on, and returns how many bytes it passed: 0 where none can be read. */
VERIFIED_ONCE int pass_strings(__u64 program, __u64 from, __u64 end)
{
	struct config *config = get_config();
	struct scratch *scratch = config ? take_scratch(config, program) : NULL;
	__u64 *words;
	__u64 at = from;

	if (!scratch)
		return DONE;
	words = (__u64 *)(scratch->bytes + PATH_BUFFER);
	LOOP
	for (int i = 0; i < STRINGS_AT_ONCE; i++) {
		long size;

		if (at >= end)
			break;
		FRESH(words[0]) = 0;
		FRESH(words[1]) = 0;
		size = read_user_str(scratch->bytes + PATH_BUFFER, MAX_STRING_SIZE, (void *)at);
		if (size <= 0)
			break;
		if (!FRESH(IS_WITHIN(scratch)))
			FOLLOW(note_string(program, at));
		FRESH(IS_WITHIN(scratch)) = size == MAX_STRING_SIZE;
		/* What fills the buffer ends in a NUL that is not in the source, or in one that is taken again. */
		at += size == MAX_STRING_SIZE ? size - 1 : size;
	}
	return at - from;
}

/* The same for more of them. */
VERIFIED_ONCE int pass_more_strings(__u64 program, __u64 from, __u64 end)
{
	__u64 at = from;

	LOOP
	for (int i = 0; i < STRING_ROUNDS; i++) {
		int passed;

		if (at >= end)
			break;
		passed = pass_strings(program, at, end);
		if (passed <= 0)
			break;
		at += passed;
	}
	return at - from;
}

/* Looks for what is of interest from one address to another, and returns where it had to end. */
static __always_inline __u64 scan_strings(__u32 program, __u64 from, __u64 end)
{
	__u64 at = from;

	LOOP
	for (int i = 0; i < STRING_ROUNDS; i++) {
		int passed;

		if (at >= end)
			break;
		passed = pass_more_strings(program, at, end);
		if (passed <= 0)
			break;
		at += passed;
	}
	return at;
}

#endif
