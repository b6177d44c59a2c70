# A server of ssh for loopback alone, a command over it, a file over it.
set -e
sshd=/usr/sbin/sshd
mkdir -p -m 755 /run/sshd 2>/dev/null || true
port=$((20000 + $$ % 20000))
ssh-keygen -q -t ed25519 -N '' -f host
ssh-keygen -q -t ed25519 -N '' -f user
cp user.pub authorized
chmod 600 authorized
$sshd -D -e -f /dev/null -h "$PWD/host" -o "ListenAddress 127.0.0.1:$port" -o "AuthorizedKeysFile $PWD/authorized" \
	-o StrictModes=no -o UsePAM=no -o PidFile=none -o PermitRootLogin=yes -o 'Subsystem sftp internal-sftp' 2>sshd.log &
server=$!
trap 'kill $server 2>/dev/null' EXIT
options="-F none -i user -o StrictHostKeyChecking=no -o UserKnownHostsFile=known -o BatchMode=yes -o LogLevel=ERROR"
for try in 1 2 3 4 5 6 7 8 9 10; do
	# shellcheck disable=SC2086 # several words
	ssh $options -p "$port" "$(id -un)@127.0.0.1" true && break
	[ "$try" != 10 ] || { tail -n 3 sshd.log >&2; exit 1; }
	sleep 0.5
done
# shellcheck disable=SC2086
ssh $options -p "$port" "$(id -un)@127.0.0.1" 'ls / | sort; cat' <sshd.log >/dev/null
# shellcheck disable=SC2086
ssh $options -tt -p "$port" "$(id -un)@127.0.0.1" 'id' </dev/null >/dev/null
# shellcheck disable=SC2086
scp $options -q -P "$port" authorized "$(id -un)@127.0.0.1:$PWD/copied"
cmp -s authorized copied
