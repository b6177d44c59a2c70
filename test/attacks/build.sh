#!/bin/sh
# Compiles one attack (`build.sh ad-traceme`) into dist/attacks as a static program with no C library, and
# prints its path.
set -eu
cd "$(dirname "$0")/../.."
name=$1
clang=${CLANG:-}
for candidate in clang clang-14 clang-19 clang-16 clang-15 clang-17 clang-18 clang-13 clang-11 gcc; do
	[ -n "$clang" ] || clang=$(command -v "$candidate" || true)
done
[ -n "$clang" ] || { echo "build.sh: no C compiler; install clang: apt-get install clang" >&2; exit 6; }
mkdir -p dist/attacks
"$clang" -O2 -static -nostdlib -ffreestanding -fno-stack-protector -o "dist/attacks/$name" "test/attacks/$name.c"
echo "$PWD/dist/attacks/$name"
