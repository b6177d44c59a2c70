#!/bin/sh
# Runs a command with an /etc of its own: `unshare --mount own-etc.sh DIRECTORY COMMAND...`. It is a copy below the
# directory, on the same file system as ever, marked as one to throw away. Who made the directory removes it.
set -eu
copy=$1/etc
shift
mount --make-rprivate /
cp -a /etc "$copy"
touch "$copy/tracee-throw-away"
rm -f "$copy/ld.so.preload"
mount --bind "$copy" /etc
exec "$@"
