#!/bin/sh
# check-deb.sh PACKAGE.deb - make check-deb: lintian finds no error; on a clean Debian apt installs the package with all that it
# needs, and there an ordinary user runs windsock demo, starts a lesson and gets a verdict. Takes minutes, 1 GB in /tmp, root,
# and a mirror (DEBIAN_MIRROR; DEBIAN_SUITE is bookworm, or jammy with Ubuntu's mirror). Needs debootstrap and lintian.
#
# A chroot forbids user namespaces (user_namespaces(7)), so the clean root becomes the whole of a mount namespace.
set -eu
package=$(realpath "$1")
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
suite=${DEBIAN_SUITE:-bookworm}

for need in lintian debootstrap; do
	command -v $need >/dev/null || { echo "check-deb: $need is not here: apt-get install $need" >&2; exit 77; }
done
[ "$(id -u)" -eq 0 ] || { echo "check-deb: only root can make a clean Debian" >&2; exit 77; }

lintian --fail-on error "$package"
echo "ok: lintian has no error"

root=$(mktemp -d /tmp/windsock-clean.XXXXXX)
trap 'rm -rf --one-file-system "$root"' EXIT
chmod 755 "$root"
nice debootstrap --variant=minbase "$suite" "$root/root" "$mirror" >"$root/debootstrap.log" 2>&1 || {
	tail -n 5 "$root/debootstrap.log" >&2
	exit 1
}
case $suite in
jammy) echo "deb $mirror $suite main universe" >"$root/root/etc/apt/sources.list" ;;
esac
cp "$package" "$root/root/tmp/windsock.deb"
cp /etc/resolv.conf "$root/root/etc/resolv.conf"

# Inside: everything that it mounts ends with it.
cat >"$root/root/tmp/inside.sh" <<'INSIDE'
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
apt-get -q update >/dev/null
apt-get -q install -y --no-install-recommends /tmp/windsock.deb >/tmp/apt.log 2>&1 || { tail -n 20 /tmp/apt.log; exit 1; }
useradd --create-home student
cat >/tmp/student.sh <<'STUDENT'
set -eu
cd
windsock demo >out || { cat out; exit 1; }
tail -n 3 out
grep -q "reply-to-first-client" out
windsock list | head -n 3
windsock start 01-udp-server >/dev/null
cd 01-udp-server
make check >out 2>err && exit 1
grep -q "meant to fail" out && grep -q "nothing-bound" out
echo "ok: an unfinished skeleton gets its verdict"
STUDENT
setpriv --reuid=student --regid=student --init-groups env -i HOME=/home/student PATH=/usr/bin:/bin LC_ALL=C.UTF-8 sh /tmp/student.sh
INSIDE
unshare --mount --propagation private sh -eu -c '
	mount --bind "$1" "$1"
	cd "$1"
	mount -t proc proc proc
	mount --rbind /sys sys
	mount --rbind /dev dev
	mkdir -p old
	pivot_root . old
	umount -l /old
	exec sh /tmp/inside.sh' sh "$root/root"
echo "ok: installed on a clean $suite, windsock demo runs there as an ordinary user"
