/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What tells the dynamic loader of a new program to load something else with it. The kernel has just laid
 * out its strings, and no instruction of it has run:
 *
 *   arg_start  argv[0] argv[1] ...  arg_end = env_start  envp[0] envp[1] ...  env_end
 */
#ifndef TRACEE_PROBES_ENVIRONMENT_H
#define TRACEE_PROBES_ENVIRONMENT_H

/*
 * Strings looked at are as many as these three give multiplied: more than fit into any environment that is not
 * made to be in the way. The runtime reads what was not looked at. Three loops within each other and not one, each
 * a function that the verifier sees once: it walks through every round of a loop.
 */
#define STRINGS_AT_ONCE 16
#if HAS_VERIFIED_FUNCTIONS
#define STRING_ROUNDS 64
#else
/* Followed at each call: more would be more branches than the verifier keeps in mind (8192). */
#define STRING_ROUNDS (HAS_BOUNDED_LOOPS ? 6 : 0)
#endif

/* Eight characters as a little-endian number. */
#define WORD(a, b, c, d, e, f, g, h)                                                               \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 |     \
	 (__u64)(f) << 40 | (__u64)(g) << 48 | (__u64)(h) << 56)
#define BYTE(word, index) ((word) >> (8 * (index)) & 0xff)
#define BYTES(word, count) ((word) & ((1ULL << (8 * (count))) - 1))

/* Where the notes of one scan stand in a scratch slot while no record is being built in it. */
#define NOTED(scratch) ((scratch)->arguments) /* addresses of the first MAX_ARGUMENTS strings of interest */
#define COUNT(scratch) ((scratch)->count) /* strings of interest */
#define GRAVE(scratch) ((scratch)->start) /* those of them that make the loader do something */
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

/* include/uapi/linux/auxvec.h */
#define AT_BASE 7
#define AT_SECURE 23
/* AT_SECURE is the 16th at most. */
#define MAX_AUXILIARY 20

#define AUXILIARY_BASE(scratch) ((scratch)->at)
#define AUXILIARY_SECURE(scratch) ((scratch)->is_cut)

/*
 * What the kernel tells the new program of itself: pairs of a type and a value, in the program's width. Of
 * 32-bit programs the first value, an address, stands in the upper half of what would be a 64-bit type.
 */
static __always_inline void read_auxiliary(struct scratch *scratch, struct mm_struct *mm)
{
	__u64 *wide = (__u64 *)(scratch->bytes + PATH_BUFFER);
	__u32 *narrow = (__u32 *)wide;
	bool is_wide;

	FRESH(AUXILIARY_BASE(scratch)) = 1;
	FRESH(AUXILIARY_SECURE(scratch)) = 0;
	if (read_kernel(wide, MAX_AUXILIARY * 2 * sizeof(__u64), ADDRESS_OF(mm, saved_auxv)))
		return;
	is_wide = !(wide[0] >> 32);
	LOOP
	for (int i = 0; i < MAX_AUXILIARY; i++) {
		__u64 type = is_wide ? wide[2 * i] : narrow[2 * i];
		__u64 value = is_wide ? wide[2 * i + 1] : narrow[2 * i + 1];

		if (type == AT_BASE)
			FRESH(AUXILIARY_BASE(scratch)) = !!value;
		if (type == AT_SECURE)
			FRESH(AUXILIARY_SECURE(scratch)) = !!value;
	}
}

static __always_inline void append_string(struct record *record, __u64 address)
{
	struct scratch *scratch = record->scratch;
	__u64 end = FRESH(record->header->size);
	long size;

	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE) {
		FRESH(scratch->is_cut) = true;
		return;
	}
	size = read_user_str(scratch->bytes + end, MAX_STRING_SIZE, (void *)address);
	if (size <= 0)
		return;
	end += size;
	if (end > MAX_RECORD_SIZE || size == MAX_STRING_SIZE)
		FRESH(scratch->is_cut) = true;
	if (end > MAX_RECORD_SIZE)
		end = MAX_RECORD_SIZE;
	FRESH(record->header->size) = end;
	FRESH(scratch->count) += 1;
}

/* Length of a string, 0 where it cannot be read. It is read into the part that is free behind the records. */
static __always_inline __u64 user_string_size(struct record *record, __u64 address)
{
	long size = read_user_str(record->scratch->bytes + PATH_BUFFER, MAX_STRING_SIZE, (void *)address);

	return size > 0 ? size : 0;
}

/* Appends one noted string, where it is an option with what follows it. */
VERIFIED_ONCE int append_noted_string(__u64 program, __u64 address, __u64 is_option)
{
	struct record record = {};

	if (!find_record(&record, program))
		return DONE;
	append_string(&record, address);
	if (is_option)
		append_string(&record, address + user_string_size(&record, address));
	return DONE;
}

/* Noted strings on one side of env_start: options with what follows each, or variables. */
static __always_inline void put_noted_strings(struct record *record, __u64 index, __u64 env_start,
					      bool are_options, bool is_cut)
{
	struct scratch *scratch = record->scratch;
	__u64 start = FRESH(record->header->size);

	FRESH(scratch->count) = 0;
	FRESH(scratch->is_cut) = is_cut;
	LOOP
	for (int i = 0; i < MAX_ARGUMENTS; i++) {
		__u64 address = FRESH(NOTED(scratch)[i]);

		if (!address || (address < env_start) != are_options)
			continue;
		FOLLOW(append_noted_string(record->program, address, are_options));
	}
	put_number(record, index,
		   reference(start, FRESH(record->header->size) - start,
			     FRESH(scratch->is_cut) ? 0 : FRESH(scratch->count),
			     FRESH(scratch->is_cut)));
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

SHARED int on_loader_environment(struct call *call)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_LOADER_ENVIRONMENT);
	struct mm_struct *mm = FIELD(task, mm);
	__u64 env_start, env_end, scanned;
	struct file *executable;
	struct record record;
	struct scratch *scratch;
	bool is_secure, is_cut;

	if (!config || !event || !event->routes)
		return DONE;
	prove(config, EVENT_LOADER_ENVIRONMENT);
	scratch = take_scratch(config, call->program);
	if (!in_scope(config) || !mm || !scratch)
		return DONE;
	env_start = FIELD(mm, env_start);
	env_end = FIELD(mm, env_end);
	read_auxiliary(scratch, mm);
	is_secure = FRESH(AUXILIARY_SECURE(scratch));
#pragma unroll
	for (int i = 0; i < MAX_ARGUMENTS; i++)
		FRESH(NOTED(scratch)[i]) = 0;
	FRESH(COUNT(scratch)) = 0;
	FRESH(GRAVE(scratch)) = 0;
	FRESH(IS_WITHIN(scratch)) = false;
	/* A loader that is run as a program has none itself. Its options stand among the arguments. */
	scanned = scan_strings(call->program,
			       FRESH(AUXILIARY_BASE(scratch)) ? env_start : FIELD(mm, arg_start), env_end);
	is_cut = FRESH(COUNT(scratch)) > MAX_ARGUMENTS;
	if (!FRESH(COUNT(scratch)) && scanned >= env_end)
		return DONE;
	if (!begin_record(&record, call->ctx, config, event, call->program, EVENT_LOADER_ENVIRONMENT,
			  call->hook))
		return DONE;
	record.header->routes = routes_where(event, FRESH(GRAVE(scratch)) || scanned < env_end);
	put_number(&record, LOADER_ENVIRONMENT__SIZE, env_end - env_start);
	put_number(&record, LOADER_ENVIRONMENT__SCANNED, scanned > env_start ? scanned - env_start : 0);
	put_number(&record, LOADER_ENVIRONMENT__IS_SECURE, is_secure);
	executable = FIELD(mm, exe_file);
	put_path(&record, LOADER_ENVIRONMENT__PATHNAME, file_path(executable));
	put_noted_strings(&record, LOADER_ENVIRONMENT__VARIABLES, env_start, false, is_cut);
	put_noted_strings(&record, LOADER_ENVIRONMENT__OPTIONS, env_start, true, is_cut);
	submit_record(&record);
	return DONE;
}

#endif
