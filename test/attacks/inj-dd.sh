# TRC-3: dd writes into the memory of a process that sleeps: one byte of its heap, with what stands there.
sleep 3 &
victim=$!
trap 'kill "$victim" 2>/dev/null' EXIT
sleep 0.2
# 55d0c0000000-55d0c0021000 rw-p …
at=$(sed -n 's/^\([0-9a-f]*\)-[0-9a-f]* rw-p .*/\1/p' "/proc/$victim/maps" | head -n 1)
[ -n "$at" ] || { echo "no writable memory in the maps of $victim" >&2; exit 1; }
dd if="/proc/$victim/mem" of=byte bs=1 count=1 skip="$((0x$at))" 2>/dev/null || exit 1
dd if=byte of="/proc/$victim/mem" bs=1 count=1 seek="$((0x$at))" conv=notrunc 2>/dev/null
