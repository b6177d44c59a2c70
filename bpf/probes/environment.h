/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What tells the dynamic loader of a new program to load something else with it. The kernel has just laid
 * out its strings, and no instruction of it has run:
 *
 *   arg_start  argv[0] argv[1] ...  arg_end = env_start  envp[0] envp[1] ...  env_end
 */
#ifndef TRACEE_PROBES_ENVIRONMENT_H
#define TRACEE_PROBES_ENVIRONMENT_H

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
			     FRESH(scratch->is_cut) ? 0 : FRESH(scratch->count), FRESH(scratch->is_cut)));
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
	if (!begin_record(&record, call, EVENT_LOADER_ENVIRONMENT, event->routes))
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
