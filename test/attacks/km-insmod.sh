# TRC-6: busybox loads what is no module (argument: garbage), a module that does not exist (missing), or would (dry).
[ -e /proc/modules ] || { echo "this kernel loads no modules" >&2; exit 77; }
case $1 in
garbage)
	echo 'this is no module' >driver.ko
	busybox insmod ./driver.ko 2>insmod.log && exit 1
	grep -q 'invalid module format\|Exec format error' insmod.log || { cat insmod.log >&2; exit 77; }
	;;
missing) busybox insmod ./does-not-exist.ko 2>/dev/null && exit 1 ;;
dry) busybox modprobe -n does_not_exist 2>/dev/null ;;
esac
exit 0
