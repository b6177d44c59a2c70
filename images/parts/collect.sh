#!/bin/sh
# collect.sh ROOT FILE...: copies programs, libraries and directories below ROOT, with all libraries that they need,
# stripped, and with the copyright notices of the packages that they are from. Everything comes to lie in /usr, as in
# Debian; a name without a slash is looked up as the loader does.
set -eu
root=$1
shift
mkdir -p "$root/usr"

locate() {
	case $1 in
	*/*) echo "$1" ;;
	*) ldconfig -p | awk -v name="$1" '$1 == name { print $NF; exit }' ;;
	esac
}

# /lib/x86_64-linux-gnu/libc.so.6 -> /usr/lib/x86_64-linux-gnu/libc.so.6
below_usr() {
	case $1 in
	/usr/*) echo "$1" ;;
	*) echo "/usr$1" ;;
	esac
}

notice() {
	for name in "$1" "${1#/usr}" "/usr$1"; do
		package=$(dpkg -S "$name" 2>/dev/null | cut -d: -f1 | head -n 1) || continue
		[ -n "$package" ] || continue
		mkdir -p "$root/usr/share/doc/$package"
		cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
		return
	done
}

place() {
	to=$root$(below_usr "$1")
	[ ! -e "$to" ] || return 0
	mkdir -p "$(dirname "$to")"
	cp -L "$1" "$to"
	strip --strip-unneeded "$to" 2>/dev/null || true
	notice "$(readlink -f "$1")"
}

for file in "$@"; do
	path=$(locate "$file")
	[ -e "$path" ] || { echo "collect.sh: $file is not here" >&2; exit 1; }
	if [ -d "$path" ]; then
		mkdir -p "$root$path"
		cp -LR "$path/." "$root$path"
		continue
	fi
	place "$path"
	# A static file has no libraries, and ldd says so with status 1.
	{ ldd "$path" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
		[ ! -f "$library" ] || place "$library"
	done
done
