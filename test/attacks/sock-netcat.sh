# TRC-1: netcat's own shell. Started by sock-far-end, which sets PORT.
busybox nc --help 2>&1 | grep -q -e '-e PROG' || { echo "busybox has no nc with -e" >&2; exit 77; }
exec busybox nc 127.0.0.1 "$PORT" -e /bin/sh
