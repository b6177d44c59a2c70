/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-7: a library that does nothing but remove what it was loaded by from the environment, before main begins. */

static int is_preload(const char *entry)
{
	const char *name = "LD_PRELOAD=";

	while (*name && *entry == *name) {
		entry++;
		name++;
	}
	return !*name;
}

/* glibc calls constructors with the arguments of main. */
__attribute__((constructor)) static void scrub(int argc, char **argv, char **envp)
{
	char **to = envp;

	for (; *envp; envp++)
		if (!is_preload(*envp))
			*to++ = *envp;
	*to = 0;
}

/* What LD_AUDIT asks for. */
unsigned int la_version(unsigned int version)
{
	return version;
}
