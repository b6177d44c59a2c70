# TRC-3: gdb, with nobody at its keyboard, has a process call a function; argument `look`: it only looks (benign).
case $1 in
call) command='call (int)getpid()' ;;
look) command=backtrace ;;
esac
/usr/bin/sleep 10 &
victim=$!
trap 'kill "$victim" 2>/dev/null' EXIT
sleep 0.2
gdb -nx -batch -p "$victim" -ex "$command" </dev/null >gdb.log 2>&1
status=$?
# A gdb that is older than the processor cannot write registers that it does not know of.
grep -m 1 'not being run\|Operation not permitted\|ptrace:\|write extended state' gdb.log >&2 && exit 77
[ "$status" = 0 ] || { cat gdb.log >&2; exit 1; }
exit 0
