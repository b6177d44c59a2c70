#!/bin/sh
# Compiles one test program (`build.sh test/attacks/ad-traceme.c`) into dist/attacks, static and without a C
# library, and prints its path. `library.so.c` becomes the shared library `library.so`, and `act-calls-i386.c` a program of
# 32 bits where the machine runs such.
set -eu
cd "$(dirname "$0")/../.."
source=$1
name=$(basename "$source" .c)
clang=${CLANG:-}
for candidate in clang clang-14 clang-19 clang-16 clang-15 clang-17 clang-18 clang-13 clang-11 gcc; do
	[ -n "$clang" ] || clang=$(command -v "$candidate" || true)
done
[ -n "$clang" ] || { echo "build.sh: no C compiler; install clang: apt-get install clang" >&2; exit 6; }
mkdir -p dist/attacks
kind=-static
case $name in
*.so) kind='-shared -fPIC' ;;
*-i386)
	[ "$(uname -m)" = x86_64 ] || exit 0
	kind='-static -m32'
	;;
esac
# shellcheck disable=SC2086 # two words
"$clang" -O2 $kind -nostdlib -ffreestanding -fno-stack-protector -o "dist/attacks/$name" "$source"
echo "$PWD/dist/attacks/$name"
