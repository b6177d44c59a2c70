#!/bin/sh
# docker.sh ARCHIVE COMMAND...: starts a Docker engine in the virtual machine, loads the images of an archive, and runs
# the command. /lib/modules must have the kernel's modules.
set -eu
archive=$1
shift
mkdir -p /var/log /var/lib/docker
if ! grep -q overlay /proc/filesystems; then
	module=/lib/modules/$(uname -r)/kernel/fs/overlayfs/overlay.ko
	[ ! -e "$module.xz" ] || { xzcat "$module.xz" >/tmp/overlay.ko && module=/tmp/overlay.ko; }
	insmod "$module"
fi
dockerd --host unix:///var/run/docker.sock --bridge=none --iptables=false --ip6tables=false \
	--storage-driver overlay2 >/var/log/dockerd 2>&1 &
tries=0
until docker version >/dev/null 2>&1; do
	tries=$((tries + 1))
	[ "$tries" -lt 300 ] || { tail -n 30 /var/log/dockerd >&2; exit 1; }
	sleep 1
done
docker load --quiet --input "$archive"
rm -f "$archive"
exec "$@"
