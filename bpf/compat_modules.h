/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What differs by kernel version of modules and of what else is read into the kernel. */
#ifndef TRACEE_COMPAT_MODULES_H
#define TRACEE_COMPAT_MODULES_H

/* struct module, which a kernel without modules does not have; what follows ___ is no part of the name. */
#if !defined(TRACEE_TYPES_HEADERS)
struct module___any {
	char name[56];
	unsigned long taints;
} __attribute__((preserve_access_index));
#define module_facts module___any
#else
#ifndef CONFIG_MODULES
struct module {
	char name[56];
	unsigned long taints;
};
#endif
#define module_facts module
#endif

/* What is read or loaded for the kernel, numbered as since 5.10 (include/linux/kernel_read_file.h). */
#define KIND_MODULE 2
#define KIND_KEXEC_IMAGE 3
#define KIND_KEXEC_INITRAMFS 4

/* Before, firmware had a second number (c307459b9d1f) and the two lists differed (b89999d004931). */
static __always_inline __u32 read_file_kind(__u32 kind)
{
#if defined(TRACEE_TYPES_HEADERS) && LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
	if (kind == READING_MODULE)
		return KIND_MODULE;
	if (kind == READING_KEXEC_IMAGE)
		return KIND_KEXEC_IMAGE;
	return kind == READING_KEXEC_INITRAMFS ? KIND_KEXEC_INITRAMFS : 0;
#else
	return kind;
#endif
}

static __always_inline __u32 load_data_kind(__u32 kind)
{
#if defined(TRACEE_TYPES_HEADERS) && LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
	if (kind == LOADING_MODULE)
		return KIND_MODULE;
	if (kind == LOADING_KEXEC_IMAGE)
		return KIND_KEXEC_IMAGE;
	return kind == LOADING_KEXEC_INITRAMFS ? KIND_KEXEC_INITRAMFS : 0;
#else
	return kind;
#endif
}

#endif
