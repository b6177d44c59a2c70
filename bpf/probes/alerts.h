/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory that can be written and executed, now or one after the other: what the original warned of. Every
 * such change is told, whatever is behind the memory; memory.h has those that say more.
 */
#ifndef TRACEE_PROBES_ALERTS_H
#define TRACEE_PROBES_ALERTS_H

/* Something to tell of an area; `area` is NULL for one that is about to be mapped. */
static __always_inline void tell_alert(struct call *call, struct vm_area_struct *area, __u32 alert,
				       __u64 prot)
{
	struct event_config *event = look_up(EVENT_MEM_PROT_ALERT);
	struct record record;
	unsigned long start;
	struct file *file;

	if (!event || !begin_wanted(&record, call, EVENT_MEM_PROT_ALERT,
				    routes_by_argument(event, MEM_PROT_ALERT__ALERT, alert)))
		return;
	put_number(&record, MEM_PROT_ALERT__ALERT, alert);
	put_number(&record, MEM_PROT_ALERT__PROT, prot);
	if (area) {
		start = FIELD(area, vm_start);
		put_number(&record, MEM_PROT_ALERT__ADDRESS, start);
		put_number(&record, MEM_PROT_ALERT__LENGTH, FIELD(area, vm_end) - start);
		/* VM_READ, VM_WRITE and VM_EXEC are PROT_READ, PROT_WRITE and PROT_EXEC. */
		put_number(&record, MEM_PROT_ALERT__PREVIOUS, FIELD(area, vm_flags) & 7);
		file = FIELD(area, vm_file);
		if (file)
			put_path(&record, MEM_PROT_ALERT__PATHNAME, file_path(file));
	}
	submit_record(&record);
}

SHARED int on_alert_mmap(struct call *call, __u64 prot)
{
	struct config *config = get_config();

	if (!config)
		return DONE;
	prove(config, EVENT_MEM_PROT_ALERT);
	if (!(prot & PROTECTION_WRITE))
		return DONE;
	if (!(prot & PROTECTION_EXEC)) {
		if (!(prot & PROTECTION_READ) || !reads_imply_exec())
			return DONE;
		prot |= PROTECTION_EXEC;
	}
	/* Segments of a new program stand in its file. */
	if (!is_executing())
		tell_alert(call, NULL, ALERT_MAPPED_WRITABLE_AND_EXECUTABLE, prot);
	return DONE;
}

/* What it is that executable memory was `before`, as VM_*; 0 for nothing of note. */
static __always_inline __u32 alert_of(unsigned long before, __u64 prot)
{
	if (!(before & AREA_EXEC))
		return ALERT_BECAME_EXECUTABLE;
	if (!(before & AREA_WRITE) && prot & PROTECTION_WRITE)
		return ALERT_EXECUTABLE_BECAME_WRITABLE;
	return before & AREA_WRITE && !(prot & PROTECTION_WRITE) ? ALERT_WRITABLE_REMAINED_EXECUTABLE : 0;
}

/* `prot` is what the area gets, with what the personality adds. */
SHARED int on_alert_mprotect(struct call *call, struct vm_area_struct *area, __u64 prot)
{
	struct config *config = get_config();
	unsigned long before;
	__u32 alert;

	if (!config)
		return DONE;
	prove(config, EVENT_MEM_PROT_ALERT);
	if (!(prot & PROTECTION_EXEC))
		return DONE;
	before = FIELD(area, vm_flags);
	alert = alert_of(before, prot);
	/* So that the verifier follows the telling once, and not for each. */
	KEEP_AS_ONE(alert);
	if (alert)
		tell_alert(call, area, alert, prot);
	return DONE;
}

/* Both events that are seen here, each verified where it is selected alone. */
static __always_inline int on_mapping(struct call *call, struct file *file, __u64 asked, __u64 flags)
{
	if (IS_SELECTED(CHECK_MEM_PROT_ALERT))
		FOLLOW(on_alert_mmap(call, asked));
	if (IS_SELECTED(CHECK_SECURITY_MMAP_FILE))
		FOLLOW(on_mmap_file(call, file, asked, flags));
	return 0;
}

static __always_inline int on_protection(struct call *call, struct vm_area_struct *area, __u64 asked,
					 __u64 prot)
{
	if (IS_SELECTED(CHECK_MEM_PROT_ALERT))
		FOLLOW(on_alert_mprotect(call, area, prot));
	if (IS_SELECTED(CHECK_SECURITY_FILE_MPROTECT))
		FOLLOW(on_file_mprotect(call, area, asked, prot));
	return 0;
}

#endif
