#!/bin/sh
# setup.sh - makes the windsock beside it ready, on Debian 12, Ubuntu 22.04 and later ones: once, as root. What is there
# already is not installed again, so that nothing is asked of the network where nothing is missing.
set -e
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export DEBIAN_FRONTEND=noninteractive

get() { # PACKAGE...
	echo "setup.sh: installing $*"
	apt-get -q update > /dev/null
	apt-get -q install -y --no-install-recommends "$@" > /dev/null
}

starts() { # whether windsock does, with its libraries, and unpack with its own
	"$here/bin/windsock" --version > /dev/null 2>&1 &&
		! ldd "$here/libexec/windsock/unpack" 2> /dev/null | grep -q 'not found'
}

build() { # from the source that the package has
	get gcc make pkg-config libc6-dev xz-utils tcpdump libpcap-dev libmnl-dev libnftables-dev libjansson-dev \
		libseccomp-dev libarchive-dev libcunit1-dev gawk
	source=$(mktemp -d)
	tar -x -f "$here/source.tar" -C "$source" --strip-components=1
	(cd "$source" && ./configure -q --prefix="$here" && make -s -j2 && make -s install) > /dev/null
	rm -rf "$source"
}

if ! { command -v tcpdump && command -v cc && [ -e /usr/include/stdio.h ]; } > /dev/null; then
	get tcpdump gcc libc6-dev
fi
if [ -e "$here/windsock.deb" ]; then
	get "$here/windsock.deb"
	mkdir -p "$here/bin"
	ln -sf "$(command -v windsock)" "$here/bin/windsock"
elif [ -e "$here/source.tar" ]; then
	[ -x "$here/bin/windsock" ] || build
elif ! starts; then
	get libpcap0.8 libmnl0 libnftables1 libjansson4 libseccomp2 libarchive13
fi
if ! "$here/bin/windsock" --version; then
	echo "setup.sh: this windsock was built on another system and does not start here. Make the package again with" \
		"--source FILE: windsock's source archive or its Debian package" >&2
	exit 1
fi
