# dpkg builds a package, installs it into a directory of its own, upgrades, verifies and removes it.
set -e
mkdir -p root/var/lib/dpkg/updates root/var/lib/dpkg/info package/DEBIAN package/usr/bin package/usr/lib
: >root/var/lib/dpkg/status
for version in 1 2; do
	printf 'Package: noise\nVersion: %s\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\nDescription: noise\n' \
		"$version" >package/DEBIAN/control
	cp -L /usr/bin/env "package/usr/bin/noise-$version"
	head -c 300000 /dev/urandom >package/usr/lib/noise
	dpkg-deb --build package "noise-$version.deb" >/dev/null
	dpkg --root="$PWD/root" --force-not-root --force-bad-path --log="$PWD/dpkg.log" --install "noise-$version.deb" >/dev/null
done
dpkg --root="$PWD/root" --verify noise
dpkg --root="$PWD/root" --force-not-root --force-bad-path --log="$PWD/dpkg.log" --remove noise >/dev/null
