/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where sockets are: writes addresses into a record, as a struct sockaddr. */
#ifndef TRACEE_ADDRESSES_H
#define TRACEE_ADDRESSES_H

/* include/linux/socket.h */
#define FAMILY_UNIX 1
#define FAMILY_IPV4 2
#define FAMILY_IPV6 10

/* struct sockaddr_in6, whose beginning is struct sockaddr_in with `word` as the address. */
struct endpoint {
	__u16 family;
	__be16 port;
	__u32 word;
	struct in6_addr address;
	__u32 scope;
};
#define ENDPOINT_SIZE_IPV4 16
#define FAMILY_SIZE 2

struct endpoints {
	struct endpoint local;
	struct endpoint remote;
};

static __always_inline void read_endpoints(struct sock *sock, struct endpoints *ends)
{
	__u16 family = FIELD(sock, __sk_common.skc_family);
	__u16 port = FIELD(sock, __sk_common.skc_num);

	__builtin_memset(ends, 0, sizeof(*ends));
	ends->local.family = family;
	ends->remote.family = family;
	ends->local.port = __builtin_bswap16(port);
	ends->remote.port = FIELD(sock, __sk_common.skc_dport);
	if (family == FAMILY_IPV4) {
		ends->local.word = FIELD(sock, __sk_common.skc_rcv_saddr);
		ends->remote.word = FIELD(sock, __sk_common.skc_daddr);
	} else {
		read_ipv6_ends(sock, &ends->local.address, &ends->remote.address);
	}
}

static __always_inline void put_endpoint(struct record *record, __u32 index, struct endpoint *endpoint)
{
	__u64 size = endpoint->family == FAMILY_IPV4 ? ENDPOINT_SIZE_IPV4 : sizeof(*endpoint);
	__u64 end = FRESH(record->header->size);

	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return;
	read_kernel(record->scratch->bytes + end, sizeof(*endpoint), endpoint);
	put_number(record, index, claim(record, size, size, false));
}

/* An address that the kernel holds, whatever its family. */
static __always_inline void put_kernel_address(struct record *record, __u32 index, const void *source,
					       __u64 size)
{
	__u64 end = FRESH(record->header->size);
	__u64 length = size < MAX_ADDRESS_SIZE ? size : MAX_ADDRESS_SIZE;

	KEEP_AS_ONE(end);
	KEEP_AS_ONE(length);
	if (!source || end >= MAX_RECORD_SIZE || length > MAX_ADDRESS_SIZE)
		return;
	if (read_kernel(record->scratch->bytes + end, length, source))
		return;
	put_number(record, index, claim(record, length, size, length < size));
}

/* A unix socket without a name has a family alone, and so have families that nobody looks into. */
static __always_inline void put_family(struct record *record, __u32 index, __u16 family)
{
	put_kernel_address(record, index, &family, FAMILY_SIZE);
}

/* One end of a socket, the local or the remote one. The socket's address is a number: the verifier looks at
 * this once. */
VERIFIED_ONCE int append_socket_address(__u64 program, __u64 index, __u64 address, __u64 is_remote)
{
	struct sock *sock = (struct sock *)address;
	__u16 family = FIELD(sock, __sk_common.skc_family);
	struct record record = {};
	struct endpoints ends;

	if (!find_record(&record, program))
		return DONE;
	if (family == FAMILY_IPV4 || family == FAMILY_IPV6) {
		read_endpoints(sock, &ends);
		put_endpoint(&record, index, is_remote ? &ends.remote : &ends.local);
	} else if (family == FAMILY_UNIX) {
		struct unix_name name = name_of_unix_socket(is_remote ? peer_of_unix_socket(sock) : sock);

		if (name.source)
			put_kernel_address(&record, index, name.source, name.size);
		else
			put_family(&record, index, family);
	} else {
		put_family(&record, index, family);
	}
	return DONE;
}

static __always_inline void put_local_address(struct record *record, __u32 index, struct sock *sock)
{
	FOLLOW(append_socket_address(record->program, index, (__u64)sock, false));
}

static __always_inline void put_remote_address(struct record *record, __u32 index, struct sock *sock)
{
	FOLLOW(append_socket_address(record->program, index, (__u64)sock, true));
}

#endif
