# TRC-1, weak: pipes between a shell and who holds the socket. Started by sock-far-end, which sets PORT. The shell
# stays for a moment, as it does with somebody who looks around: nobody holds what it was connected to afterwards.
mkfifo "relay.$$" || exit
trap 'rm -f "relay.$$"' EXIT
sh -c "sleep 2; exec sh" <"relay.$$" 2>&1 | busybox nc 127.0.0.1 "$PORT" >"relay.$$"
