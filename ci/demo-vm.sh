#!/bin/sh
# The demo where the machine itself cannot run the object: the same attack in a Debian 6.1 VM, with the object
# built from that kernel's headers. Ends with 0 when TRC-2 was seen.
#
#   sh ci/demo-vm.sh dist/attacks/ad-traceme
set -eu
attack=$(realpath "$1")
cd "$(dirname "$0")/.."
vm='node ci/vm/dist/cli.js'
kernel=debian-6.1

step() { printf '\n== %s\n' "$*"; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step "Fetching the kernel $kernel and its headers (only once)"
$vm fetch "$kernel"
eval "$($vm headers "$kernel")"

step "Building the BPF object for kernel $KERN_RELEASE"
object=$(node builder/dist/cli/main.js ensure --kernel "$KERN_RELEASE" --headers "$KERN_HEADERS" --output dist)
echo "$object"

step "Running the attack in the VM (an emulated processor takes about half a minute)"
command="node /tracee/runtime/dist/cli/main.js --no-portable -- /tracee/$(basename "$attack")"
set -- --file "$object:/tmp/tracee/$(basename "$object")" --file "$attack:/tracee/$(basename "$attack")"
for part in runtime/dist runtime/package.json node_modules/koffi node_modules/@koromix \
	node_modules/commander node_modules/zod node_modules/fastest-levenshtein; do
	set -- "$@" --file "$part:/tracee/$part"
done
status=0
{ $vm run "$kernel" --timeout 600 "$@" -- /bin/sh -c "$command" || echo $? >"$work/status"; } | tee "$work/findings"
[ ! -e "$work/status" ] || status=$(cat "$work/status")
[ "$status" = 0 ] || exit "$status"
if ! grep -q 'TRC-2' "$work/findings"; then
	echo "demo: the VM ran the attack and no TRC-2 was reported" >&2
	exit 1
fi
