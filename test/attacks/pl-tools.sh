# TRC-7: ordinary tools change /etc/ld.so.preload, where /etc is marked as one to throw away; `shell`: a shell sets
# LD_PRELOAD to the second argument.
if [ "$1" = shell ]; then
	LD_PRELOAD=$2 /usr/bin/env >/dev/null
	exit
fi
[ -e /etc/tracee-throw-away ] || { echo "/etc is not one to throw away: it has no /etc/tracee-throw-away" >&2; exit 77; }
preload=/etc/ld.so.preload
echo >prepared
case $1 in
echo) echo >$preload ;;
tee) echo | tee -a $preload >/dev/null ;;
cp) cp prepared $preload ;;
mv) mv prepared $preload ;;
ln) ln -s /tmp/nothing $preload ;;
sed) sed -i 's/a/b/' $preload ;;
dd) dd if=prepared of=$preload 2>/dev/null ;;
mount) unshare -m sh -c 'mount --bind prepared /etc/ld.so.preload' 2>/dev/null || exit 77 ;;
esac
