# TRC-2: a shell looks who traces it.
while read -r name value; do
	[ "$name" = TracerPid: ] && exit "$((value != 0))"
done </proc/self/status
exit 1
