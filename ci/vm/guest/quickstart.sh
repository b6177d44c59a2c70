#!/bin/sh
# quickstart.sh ATTACK DOCKER-WORD...: starts Tracee in a container twice, as those who try it do, performs an attack
# each time, and tells how long it took until it was armed, what it said, and its status. A third time it is killed: no
# process may hang.
set -u
attack=$1
shift

seconds() { cut -d' ' -f1 /proc/uptime; }

for round in first second; do
	began=$(seconds)
	docker "$@" >/tmp/said 2>&1 &
	until grep -q 'Ctrl-C ends' /tmp/said; do
		kill -0 $! 2>/dev/null || break
		sleep 0.2
	done
	echo "$round start: armed after $(awk "BEGIN { print $(seconds) - $began }") s"
	# shellcheck disable=SC2086 # the attack's words
	$attack
	tries=0
	until grep -q 'TRC-2 .*attacks' /tmp/said || [ "$tries" -ge 100 ]; do
		tries=$((tries + 1))
		sleep 0.2
	done
	echo "$round start: health: $(docker exec tracee tracee-health)"
	docker stop --time 60 tracee >/dev/null
	wait $!
	echo "$round start: status $?"
	sed "s/^/$round start: said: /" /tmp/said
done
docker "$@" >/tmp/said 2>&1 &
until grep -q 'Ctrl-C ends' /tmp/said; do
	kill -0 $! 2>/dev/null || break
	sleep 0.2
done
docker kill tracee >/dev/null
wait $!
echo "killed: status $?, $(docker ps --all --quiet | wc -l) containers left"
ls -l /tmp/tracee 2>/dev/null || true
