/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names of unix sockets. */
#ifndef TRACEE_UNIX_SOCKETS_H
#define TRACEE_UNIX_SOCKETS_H

#if !defined(TRACEE_TYPES_HEADERS)
/* Unix sockets can be in a module; what follows ___ is no part of the name. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct sockaddr_un___any {
	unsigned short sun_family;
};
struct unix_address___any {
	int len;
	struct sockaddr_un___any name[0];
};
struct unix_sock___any {
	struct unix_address___any *addr;
	struct sock *peer;
};
#pragma clang attribute pop
#endif

/* Where the name of a unix socket is, with its family; nowhere for one that has none. */
struct unix_name {
	const void *source;
	__u32 size;
};

static __always_inline struct unix_name name_of_unix_socket(struct sock *sock)
{
	struct unix_name name = {};
#if defined(TRACEE_TYPES_HEADERS)
	struct unix_address *address = FIELD((struct unix_sock *)sock, addr);
#else
	struct unix_sock___any *unix_sock = (void *)sock;
	struct unix_address___any *address;

	if (!bpf_core_field_exists(unix_sock->addr))
		return name;
	address = FIELD(unix_sock, addr);
#endif
	if (!sock || !address)
		return name;
	name.source = ADDRESS_OF(address, name);
	name.size = FIELD(address, len);
	return name;
}

/* The unix socket at the other end; NULL for none. */
static __always_inline struct sock *peer_of_unix_socket(struct sock *sock)
{
#if defined(TRACEE_TYPES_HEADERS)
	return FIELD((struct unix_sock *)sock, peer);
#else
	struct unix_sock___any *unix_sock = (void *)sock;

	return bpf_core_field_exists(unix_sock->peer) ? FIELD(unix_sock, peer) : NULL;
#endif
}

#endif
