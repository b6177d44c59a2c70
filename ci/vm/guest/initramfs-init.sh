#!/bin/sh
# First program in the VM: loads what is needed to see the disk, and goes there.

mount -t proc proc /proc
mount -t devtmpfs devtmpfs /dev

for module in /modules/*.ko; do
	[ -e "$module" ] || continue
	insmod "$module" || echo "initramfs: cannot load $module"
done

tries=0
until [ -b /dev/vda ] || [ "$tries" -ge 100 ]; do
	usleep 50000
	tries=$((tries + 1))
done

if ! mount -t ext4 /dev/vda /root; then
	echo "initramfs: cannot mount the root image from /dev/vda"
	poweroff -f
fi
umount /dev /proc
exec switch_root /root /sbin/init
