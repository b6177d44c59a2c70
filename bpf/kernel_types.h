/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the kernel's types come from, and how members are read. The builder defines exactly one of
 *
 *   TRACEE_TYPES_HEADERS  the kernel's own header tree: offsets are those of the build
 *   TRACEE_TYPES_BTF      the kernel's BTF, dumped to vmlinux.h
 *   TRACEE_TYPES_CORE     core_types.h: only the members used, relocated when the object is loaded
 */
#ifndef TRACEE_KERNEL_TYPES_H
#define TRACEE_KERNEL_TYPES_H

#if defined(TRACEE_TYPES_HEADERS)

/* First of all: later headers use asm_inline, which clang 9 does not know. */
#include <linux/types.h>
#ifdef asm_inline
#undef asm_inline
#define asm_inline asm
#endif
#include <linux/version.h>
#include <linux/bpf.h>
#include <linux/binfmts.h>
#include <linux/cgroup-defs.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/ipc_namespace.h>
#include <linux/kernfs.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/ns_common.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/utsname.h>
#include <net/af_unix.h>
#include <net/net_namespace.h>
#include <net/sock.h>
/* linux/kernel.h has READ and WRITE for the directions of a transfer. */
#undef READ

#elif defined(TRACEE_TYPES_BTF)
/* Drivers have types of this name; here it is a map. */
#define config kernel_config
#include "vmlinux.h"
#undef config
#elif defined(TRACEE_TYPES_CORE)
#include "core_types.h"
#else
#error "define TRACEE_TYPES_HEADERS, TRACEE_TYPES_BTF or TRACEE_TYPES_CORE"
#endif

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

/*
 * READ(destination, object->member): copies a member of a kernel structure. On a fault the helper fills the
 * destination with zeros, which every reader here takes for "not there".
 */
#if defined(TRACEE_TYPES_HEADERS)
#define READ(destination, source) read_kernel(&(destination), sizeof(destination), (const void *)&(source))
#define OFFSET_OF(type, member) __builtin_offsetof(type, member)
#define SIZE_OF(type) sizeof(type)
#else
#define READ(destination, source) bpf_core_read(&(destination), sizeof(destination), &(source))
#define OFFSET_OF(type, member) bpf_core_field_offset(type, member)
#define SIZE_OF(type) bpf_core_type_size(type)
#endif

/*
 * FIELD(object, member): the member's value. The type passes through a statement expression, which drops
 * its qualifiers: members that became const (f_path in 6.17, vm_flags in 6.3) would otherwise make a const
 * variable that is then written.
 */
#define FIELD(object, member)                                                                                \
	({                                                                                                   \
		typeof(({ (object)->member; })) value_;                                                      \
		READ(value_, (object)->member);                                                              \
		value_;                                                                                      \
	})

/* ADDRESS_OF(object, member): where a member stands, without reading it. */
#if defined(TRACEE_TYPES_HEADERS)
#define ADDRESS_OF(object, member) ((void *)&(object)->member)
#else
#define ADDRESS_OF(object, member) ((void *)__builtin_preserve_access_index(&(object)->member))
#endif

/* file->f_path is const since 6.17. */
#define file_path(file) ((struct path *)ADDRESS_OF(file, f_path))

/* Hides a value from the optimiser, so that the check and the use below it keep one register. */
#define KEEP_AS_ONE(variable) asm volatile("" : "+r"(variable))

#endif
