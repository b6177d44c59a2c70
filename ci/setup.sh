#!/bin/sh
# Installs what a Debian machine lacks of what building (`toolchain`), the kernel VM (`vm`),
# the VM for arm64 (`arm64`), a Docker engine for tests (`docker`), other engines (`engines`) or a comparison with Go (`go`)
# needs, and says what it does. Other distributions are told what to install.
set -eu

missing=
need() { # package, test
	if ! eval "$2" >/dev/null 2>&1; then missing="$missing $1"; fi
}

has_clang() {
	for name in clang clang-22 clang-21 clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14 clang-13 clang-12 clang-11; do
		if command -v "$name"; then return 0; fi
	done
	return 1
}

has_llvm() {
	command -v llvm-objcopy || ls /usr/bin/llvm-objcopy-*
}

for group in "$@"; do
	case $group in
	toolchain)
		need clang has_clang
		need llvm has_llvm
		need libbpf-dev 'test -e /usr/include/bpf/bpf_helpers.h'
		need libbpf1 'ldconfig -p | grep -q libbpf.so.1'
		;;
	vm)
		need qemu-system-x86 'command -v qemu-system-x86_64'
		need e2fsprogs 'command -v mke2fs'
		need busybox-static 'test -x /bin/busybox'
		need cpio 'command -v cpio'
		need xz-utils 'command -v xz'
		need zstd 'command -v zstd'
		;;
	arm64)
		need qemu-system-arm 'command -v qemu-system-aarch64'
		need gcc-aarch64-linux-gnu 'command -v aarch64-linux-gnu-gcc'
		need libc6-dev-arm64-cross 'test -e /usr/aarch64-linux-gnu/lib/libc.a'
		;;
	docker)
		need docker.io 'command -v dockerd'
		need debootstrap 'command -v debootstrap'
		need openssh-server 'test -x /usr/sbin/sshd'
		need openssl 'command -v openssl'
		;;
	engines)
		need podman 'command -v podman'
		need containerd 'command -v ctr'
		need runc 'command -v runc'
		need busybox-static 'test -x /bin/busybox'
		;;
	witness)
		need strace 'command -v strace'
		;;
	go)
		need golang-go 'command -v go'
		;;
	lint)
		need clang-format 'command -v clang-format || ls /usr/bin/clang-format-*'
		;;
	esac
done

[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
	echo "setup: please install:$missing" >&2
	exit 6
fi
echo "setup: installing$missing" >&2
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
log=$(mktemp)
# shellcheck disable=SC2086
if ! { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	rm -f "$log"
	echo "setup: apt-get could not install$missing" >&2
	exit 6
fi
rm -f "$log"
