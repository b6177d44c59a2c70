#!/bin/sh
# Process 1 of the root image: mounts what a Linux system has, runs the job, reports and powers off.
# What the host gave is in /vm: `job` (the command), `uid` (the host user who made the image), `limit` (seconds).

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t bpf bpf /sys/fs/bpf
mount -t securityfs securityfs /sys/kernel/security
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
ip link set lo up
hostname -F /etc/hostname

# mke2fs keeps the owner that a file has on the host; a trust check in here must see root's files.
read -r owner </vm/uid
[ "$owner" = 0 ] || chown -hR 0:0 /vm /etc /usr $(cat /vm/owned)

# The host kills the VM when its time is over, but a host process that was itself killed cannot.
read -r limit </vm/limit
(sleep "$limit"; poweroff -f) </dev/null >/dev/null 2>&1 &

port() {
	for name in /sys/class/virtio-ports/*/name; do
		read -r found <"$name"
		[ "$found" = "$1" ] || continue
		name=${name%/name}
		echo "/dev/${name##*/}"
		return
	done
	echo "init: no virtio port $1" >/dev/console
	echo /dev/console
}

# A port can be opened once only, so a program that opens /dev/stderr again needs a pipe there.
mkfifo /run/stdout /run/stderr
cat /run/stdout >"$(port stdout)" &
stdout=$!
cat /run/stderr >"$(port stderr)" &
stderr=$!

/vm/job </dev/null >/run/stdout 2>/run/stderr
status=$?

# Both end with the last writer. Something that the job left behind may hold them open: it gets a second.
(sleep 1; kill "$stdout" "$stderr") >/dev/null 2>&1 &
wait "$stdout" "$stderr"
printf '{"exitStatus":%d,"kernelRelease":"%s"}\n' "$status" "$(uname -r)" >"$(port status)"

sync
poweroff -f
