/* SPDX-License-Identifier: Apache-2.0 */
/* /etc/ld.so.preload, and the promise that this /etc is one to throw away. */
#ifndef PRELOAD_H
#define PRELOAD_H

#include "freestanding.h"

#define PRELOAD "/etc/ld.so.preload"
#define OTHER "/etc/tracee-other"
#define MARK "/etc/tracee-throw-away"

static inline void require_throw_away(void)
{
	if (call4(__NR_faccessat, AT_FDCWD, (long)MARK, 0, 0))
		impossible("/etc is not one to throw away: it has no " MARK);
}

static inline void write_to(long fd)
{
	require(write_text(can(fd, "open of ld.so.preload"), "\n"), "write");
}

/* A file beside it, that is to take its place. */
static inline void make_other(void)
{
	require_throw_away();
	call3(__NR_unlinkat, AT_FDCWD, (long)OTHER, 0);
	require(write_text(require(open_file(OTHER, O_WRONLY | O_CREAT | O_EXCL), OTHER), "\n"), "write");
}

#endif
