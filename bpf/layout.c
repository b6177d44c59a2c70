// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The structures that the programs read members of, whole, so that their BTF says where the members
 * stand. Compiled beside an object that is made from headers, with the very same flags; nothing of
 * it is shipped.
 */
#include "kernel_types.h"
#include "generated/events.h"
#include "compat.h"

/*
 * Variables, not pointers: clang leaves out the members of what is only pointed to. Declaring a
 * variable many times is allowed outside of functions. A structure that a kernel does not have is
 * one without members in compat.h.
 */
#define LAYOUT_MEMBER(structure, member) struct structure layout_##structure;
#define LAYOUT_SIZE(structure) struct structure layout_##structure;

#if defined(__TARGET_ARCH_x86)
#include "generated/layout-x86_64.h"
#else
#include "generated/layout-aarch64.h"
#endif

/* What only code for older kernels reads, behind conditions in compat.h: the lists above do not
 * have it. */
LAYOUT_MEMBER(task_struct, pids[0].pid)
LAYOUT_MEMBER(task_struct, real_start_time)
