#!/bin/sh
# ipnetns.sh - the benchmark's plain script: the same case as bare.c with the tools
# that handouts use, written as they write it, with ip, tcpdump and grep.
#
#     ipnetns.sh [--sleeps] SERVER CLIENT
#
# It polls for readiness; with --sleeps it sleeps a second at each of the three places
# where scripts customarily do. tcpdump gets the flags that do not lose packets and the
# script ends it only when the last message is in the file, which is kinder than custom.
# Root uses the machine's /run/netns. Anyone else gets a user namespace and a /run
# of his own. Exit status: 0; 1 the three messages were not seen; 2 anything else.
set -eu

sleeps=
if [ "${1-}" = --sleeps ]; then
	sleeps=yes
	shift
fi
if [ $# -ne 2 ]; then
	echo "usage: ipnetns.sh [--sleeps] SERVER CLIENT" >&2
	exit 2
fi
if [ "$(id -u)" -ne 0 ]; then
	if [ -z "${IPNETNS_INSIDE-}" ]; then
		IPNETNS_INSIDE=yes exec unshare -Unm --map-current-user --keep-caps "$0" ${sleeps:+--sleeps} "$@"
	fi
	mount -t tmpfs tmpfs /run
fi

server=$1 client=$2
a=bench-a$$ b=bench-b$$ # namespaces
va=va$$ vb=vb$$         # interfaces, at most 15 letters
pids=
folder=$(mktemp -d)

clean_up() {
	status=$?
	trap - EXIT
	# shellcheck disable=SC2086 # a list of words; who has ended already is no fault
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
	wait
	ip netns del "$a" 2>/dev/null || :
	ip netns del "$b" 2>/dev/null || :
	ip link del "$va" 2>/dev/null || :
	rm -rf "$folder"
	exit "$status"
}
trap clean_up EXIT
trap 'exit 2' HUP INT TERM

# Runs a command until it succeeds, 1000 times at most.
poll() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		if [ $tries -ge 1000 ]; then
			echo "ipnetns.sh: still waiting for: $*" >&2
			exit 2
		fi
		sleep 0.002
	done
}

is_bound() {
	ip netns exec "$a" ss -Huln | grep -q ':7777 '
}

# Lines of the capture that match a tcpdump expression and hold a text.
is_seen() {
	tcpdump -nn -A -r "$folder/trace" "$1" 2>/dev/null | grep -q "$2"
}

ip netns add "$a"
ip netns add "$b"
ip link add "$va" type veth peer name "$vb"
ip link set "$va" netns "$a"
ip link set "$vb" netns "$b"
ip -n "$a" addr add 10.0.0.1/24 dev "$va"
ip -n "$b" addr add 10.0.0.2/24 dev "$vb"
ip -n "$a" link set lo up
ip -n "$b" link set lo up
ip -n "$a" link set "$va" up
ip -n "$b" link set "$vb" up

ip netns exec "$b" tcpdump --immediate-mode -U -s 1600 -B 4096 -n -i "$vb" -w - \
	>"$folder/trace" 2>"$folder/said" &
pids=$!
if [ $sleeps ]; then sleep 1; else poll grep -q 'listening on' "$folder/said"; fi

ip netns exec "$a" "$server" 10.0.0.1 7777 thanks 'got something' &
pids="$! $pids"
if [ $sleeps ]; then sleep 1; else poll is_bound; fi

ip netns exec "$b" "$client" 10.0.0.1 7777 6666 'from B' 'got something'
if [ $sleeps ]; then sleep 1; else poll grep -q 'got something' "$folder/trace"; fi

# shellcheck disable=SC2086 # as above
kill $pids
wait
pids=

if ! { is_seen 'udp src port 6666 and dst port 7777' 'from B' &&
	is_seen 'udp src port 7777 and dst port 6666' 'thanks' &&
	is_seen 'udp src port 6666 and dst port 7777' 'got something'; }; then
	echo "ipnetns.sh: the three messages are not in the capture" >&2
	exit 1
fi
