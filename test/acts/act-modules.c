// SPDX-License-Identifier: Apache-2.0
/* A network driver that does nothing is taken out of the kernel; somebody has put it in. */
#include "../attacks/freestanding.h"

static void remove_module(struct start *start)
{
	can(call3(__NR_delete_module, (long)"dummy", 0, 0), "delete_module");
}

static const struct act module_acts[] = { { "remove", remove_module } };

PROGRAM(module_acts)
