# runc runs a container of nothing but busybox, and executes a second program in it.
set -e
mkdir -p rootfs/bin rootfs/tmp
cp -L "$(command -v busybox)" rootfs/bin/busybox
for name in sh ls cat sleep; do ln -s busybox "rootfs/bin/$name"; done
runc spec
sed -i 's/"terminal": true/"terminal": false/; s/^\(\t*\)"sh"$/\1"sh", "-c", "ls \/ >\/dev\/null; sleep 2"/' config.json
runc --root "$PWD/state" run noise-$$ >runc.log 2>&1 &
container=$!
trap 'runc --root "$PWD/state" delete -f noise-$$ >/dev/null 2>&1' EXIT
for try in 1 2 3 4 5 6 7 8; do
	sleep 0.2
	runc --root "$PWD/state" exec noise-$$ cat /proc/self/status >/dev/null 2>exec.log && break
done
wait $container || { tail -n 3 runc.log >&2; exit 1; }
