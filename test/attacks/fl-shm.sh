# TRC-5: a shell puts a program into shared memory and runs it. busybox goes by the name of the file.
grep -q ' /dev/shm tmpfs ' /proc/mounts || { echo "/dev/shm is no tmpfs" >&2; exit 77; }
directory=/dev/shm/tracee.$$
mkdir "$directory" || exit 1
trap 'rm -f "$directory/true"; rmdir "$directory"' EXIT
cp -L /bin/true "$directory/true"
"$directory/true"
