#!/bin/sh
# quickstart.sh ATTACK DOCKER-WORD...: starts Tracee in a container twice, as those who try it do, performs an attack
# each time, and tells how long it took until it was armed, what it said, and its status.
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
	until grep -q 'TRC-2 ' /tmp/said || [ "$tries" -ge 100 ]; do
		tries=$((tries + 1))
		sleep 0.2
	done
	echo "$round start: health: $(docker exec tracee tracee-health)"
	docker stop tracee >/dev/null
	wait $!
	echo "$round start: status $?"
	sed "s/^/$round start: said: /" /tmp/said
done
ls -l /tmp/tracee
