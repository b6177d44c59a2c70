# Ordinary tools in ordinary use, one a case. The first argument names it.
has() { command -v "$1" >/dev/null || { echo "there is no $1" >&2; exit 77; }; }
case $1 in
strace) has strace; strace -f -o strace.log /bin/true || { tail -n 3 strace.log >&2; exit 1; } ;;
strace-attach)
	has strace
	/usr/bin/sleep 2 &
	timeout 1 strace -o strace.log -p $! 2>strace.err
	wait
	;;
gdb) has gdb; gdb -nx -batch -ex starti -ex backtrace -ex continue /usr/bin/env </dev/null >gdb.log 2>&1 || { cat gdb.log >&2; exit 1; } ;;
gdb-terminal)
	has gdb
	has script
	script -qec "gdb -nx -batch -ex starti -ex 'break _exit' -ex continue -ex backtrace -ex continue /usr/bin/env" script.log </dev/null >/dev/null
	;;
status) cat /proc/self/status >/dev/null; grep Cap /proc/self/status >/dev/null ;;
ps) ps >/dev/null ;;
pcre) echo abc123 | /usr/bin/grep -qP '[a-z]+\d+' 2>/dev/null || { echo "grep has no -P" >&2; exit 77; } ;;
shell-input) echo 'exit 0' | sh ;;
here-document) sh <<-END
	exit 0
	END
	;;
compile)
	has gcc
	echo 'int main(void) { return 0; }' >program.c
	gcc -o program program.c && ./program
	;;
plugin)
	has gcc
	[ -x /usr/bin/python3 ] || { echo "there is no python3" >&2; exit 77; }
	echo 'int answer(void) { return 42; }' >plugin.c
	gcc -shared -fPIC -o plugin.so plugin.c &&
		/usr/bin/python3 -c 'import ctypes; raise SystemExit(ctypes.CDLL("./plugin.so").answer() != 42)'
	;;
stdbuf) has stdbuf; echo line | stdbuf -oL cat >/dev/null ;;
fakeroot) has fakeroot; fakeroot true ;;
loader) for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do
	[ -e "$loader" ] && { "$loader" --list /usr/bin/env >/dev/null || exit; exit 0; }
done; exit 77 ;;
other-etc)
	[ -e /etc/tracee-throw-away ] || { echo "/etc is not one to throw away" >&2; exit 77; }
	echo >/etc/ld.so.conf.d-other && mv /etc/ld.so.conf.d-other /etc/ld.so.other && rm /etc/ld.so.other
	;;
curl-pipe) printf 'exit 0\n' | cat | sh ;;
update) cp -L /bin/true ./true && ./true; rm -f ./true ;;
java)
	has java
	has javac
	javac -d . "$(dirname "$0")/Jit.java" && java -cp . Jit
	;;
esac
