# TRC-1, weak: pipes between a shell and who holds the socket. Started by sock-far-end, which sets PORT.
mkfifo "relay.$$" || exit
trap 'rm -f "relay.$$"' EXIT
sh <"relay.$$" 2>&1 | busybox nc 127.0.0.1 "$PORT" >"relay.$$"
