#!/bin/sh
# system.sh ROOT: what a system without packages needs beside its programs: accounts, names, certificates, places.
set -eu
root=$1
mkdir -p "$root/etc/ssl/certs" "$root/usr/bin" "$root/usr/lib64" "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/root"
mkdir -m 1777 "$root/tmp"
for name in bin lib lib64; do ln -s "usr/$name" "$root/$name"; done
cat >"$root/etc/passwd" <<-END
	root:x:0:0:root:/root:/usr/sbin/nologin
	nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
END
cat >"$root/etc/group" <<-END
	root:x:0:
	nogroup:x:65534:
END
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
