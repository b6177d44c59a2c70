# TRC-3: gdb, with nobody at its keyboard, has a process call a function; argument `look`: it only looks (benign).
case $1 in
call) command='call (int)getpid()' ;;
look) command=backtrace ;;
esac
/usr/bin/sleep 10 &
victim=$!
trap 'kill "$victim" 2>/dev/null' EXIT
sleep 0.2
gdb -nx -batch -p "$victim" -ex "$command" </dev/null >gdb.log 2>&1 || { cat gdb.log >&2; exit 1; }
grep -q 'not being run\|Operation not permitted\|ptrace:' gdb.log && { cat gdb.log >&2; exit 77; }
exit 0
