#!/bin/sh
# Links the attacks that need nothing but the kernel into one static program, runtime/selftest/attacks, and makes
# runtime/selftest/hold.
set -eu
cd "$(dirname "$0")/../.."
clang=${CLANG:-}
for candidate in clang clang-14 clang-19 clang-16 clang-15 clang-17 clang-18 clang-13 clang-11 gcc; do
	[ -n "$clang" ] || clang=$(command -v "$candidate" || true)
done
[ -n "$clang" ] || { echo "build.sh: no C compiler; install clang: apt-get install clang" >&2; exit 6; }
mkdir -p runtime/selftest
"$clang" -O2 -static -nostdlib -ffreestanding -fno-stack-protector -s -o runtime/selftest/hold test/selftest/hold.c
"$clang" -O2 -static -nostdlib -ffreestanding -fno-stack-protector -DCOLLECTION -s -o runtime/selftest/attacks \
	test/selftest/stage.c test/benign/like-*.c \
	test/attacks/ad-block.c test/attacks/ad-look.c test/attacks/dyn-*.c test/attacks/fl-*.c test/attacks/inj-*.c \
	test/attacks/km-load.c test/attacks/pl-*.c test/attacks/sock-stdio.c test/attacks/sock-origin.c
