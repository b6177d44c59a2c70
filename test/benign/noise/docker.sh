# An engine of its own builds an image of busybox and runs it.
set -e
export DOCKER_HOST=unix://$PWD/engine.sock DOCKER_BUILDKIT=0 DOCKER_CONFIG=$PWD/config
dockerd --data-root "$PWD/data" --exec-root "$PWD/exec" --pidfile "$PWD/engine.pid" -H "$DOCKER_HOST" \
	--bridge=none --iptables=false --storage-driver=vfs >engine.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null' EXIT
for try in $(seq 60); do
	docker version >/dev/null 2>&1 && break
	kill -0 $server 2>/dev/null || { tail -n 3 engine.log >&2; exit 1; }
	sleep 0.5
done
mkdir context
cp -L "$(command -v busybox)" context/busybox
printf 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "ln", "-s", "busybox", "/bin/sh"]\nRUN echo built >/built\n' >context/Dockerfile
docker build -q -t noise --network none context >/dev/null 2>build.log || { tail -n 3 build.log >&2; exit 1; }
docker run --rm --network none noise sh -c 'cat /built; echo run' >/dev/null
docker run -d --name noise --network none noise sh -c 'sleep 5' >/dev/null
docker exec noise sh -c 'echo inside' >/dev/null
docker rm -f noise >/dev/null
