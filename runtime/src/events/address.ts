import { decodeText } from './text.js';

/* include/uapi/linux/{socket,un,in,in6,vm_sockets}.h */
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_VSOCK = 40;

/**
 * A `struct sockaddr` as people write it: `127.0.0.1:80`, `[::1]:80`, `/run/socket`, `@name` for the abstract
 * namespace, `vsock:2:1024`; the family alone where Tracee knows no more, nothing for no address at all.
 */
export function describeAddress(bytes: Buffer): string {
  if (bytes.length < 2) return '';
  const family = bytes.readUInt16LE(0);
  if (family === AF_INET && bytes.length >= 8) {
    return `${bytes.subarray(4, 8).join('.')}:${bytes.readUInt16BE(2)}`;
  }
  if (family === AF_INET6 && bytes.length >= 24) {
    return `[${describeIpv6(bytes.subarray(8, 24))}]:${bytes.readUInt16BE(2)}`;
  }
  if (family === AF_UNIX) return describeUnixPath(bytes.subarray(2));
  if (family === AF_VSOCK && bytes.length >= 12) {
    return `vsock:${bytes.readUInt32LE(8)}:${bytes.readUInt32LE(4)}`;
  }
  return `family ${family}`;
}

/** RFC 5952: no leading zeros, the longest run of two or more zero groups as `::`, IPv4 within as IPv4. */
function describeIpv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.subarray(12).join('.')}`;
  }
  const runs = groups.map((_, start) => {
    const end = groups.findIndex((group, index) => index >= start && group !== 0);
    return { start, length: (end < 0 ? groups.length : end) - start };
  });
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best));
  const hex = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  if (longest.length < 2) return hex(groups);
  return `${hex(groups.slice(0, longest.start))}::${hex(groups.slice(longest.start + longest.length))}`;
}

function describeUnixPath(path: Buffer): string {
  if (path.length === 0) return 'unnamed';
  if (path[0] === 0) return `@${decodeText(path.subarray(1))}`;
  const end = path.indexOf(0);
  return decodeText(path.subarray(0, end < 0 ? path.length : end));
}
