#!/bin/sh
# windsock trace and windsock match, on recorded captures: no lab is needed.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"

captures=$WINDSOCK_TESTS/captures
udp=$captures/01-udp-server/solution.two-clients/a.eth0.pcap
tcp=$captures/06-tcp-server/no-read.one-client/a.eth0.pcap
right=$captures/06-tcp-server/solution.two-in-turn/a.eth0.pcap
together=$captures/13-push/solution.together
silent=$captures/02-udp-client-port/bind-server-address.any-port/b.eth0.pcap
port=$("$WINDSOCK" trace --summary "$tcp" | sed -n 's/^tcp [0-9.]*:\([0-9]*\) .*/\1/p') # the kernel's choice
asked=$WINDSOCK_LESSONS/06-tcp-server/traces/one-client.trace

# ---- trace ----

run "$WINDSOCK" trace "$tcp" --host a=10.0.0.1 --host b=10.0.0.2
expect "a capture as a trace, by names" 0 "tcp b:$port => a:7777" '-> "from B"' '<- "thanks"' "<- reset"
run "$WINDSOCK" trace "$tcp"
expect "and by addresses" 0 "tcp 10.0.0.2:$port => 10.0.0.1:7777"
run "$WINDSOCK" trace --packets "$tcp"
expect "with packets and times" 0 "=> 10.0.0.1:7777 # packet 1, 0.000000 s"
run "$WINDSOCK" trace --summary "$tcp" --host a=10.0.0.1
expect "a line a flow" 0 "=> a:7777; messages 1 -> 1 <-, bytes 6 -> 6 <-; opened by 10.0.0.2; " \
	"first word by 10.0.0.2; closed by a (reset)"
run sh -c '"$0" trace - < "$1"' "$WINDSOCK" "$tcp"
expect "from standard input" 0 "tcp 10.0.0.2:$port"
run "$WINDSOCK" trace --handshake --segments --acks "$right" --host a=10.0.0.1 --host b=10.0.0.2
expect "with numbers" 0 "=> a:7777 handshake segments acks" "-> syn seq 0" "<- syn seq 0 ack 1" "-> ack 1" \
	'-> "from B" seq 1' "<- ack 7" "-> fin seq 7"
run "$WINDSOCK" trace "$silent"
expect "no flow: a comment, and no error" 0 "# no flow in" "cannot be read back"
head -c 500 "$tcp" > cut.pcap
run "$WINDSOCK" trace cut.pcap
expect "a capture cut off is told so behind what can be read" 0 "tcp 10.0.0.2:$port" "# cut.pcap: is cut off"

run "$WINDSOCK" trace
expect "which capture?" 2 "which capture" "usage: windsock trace FILE"
run "$WINDSOCK" trace "$tcp" "$udp"
expect "one is enough" 2 "too much"
run "$WINDSOCK" trace --host a "$tcp"
expect "a host without an address" 2 '"a"' "NAME=ADDRESS"
run "$WINDSOCK" trace --host a=10.0.0.256 "$tcp"
expect "no address" 2 '"10.0.0.256"' "2001:db8::2"
run "$WINDSOCK" trace --host 1a=10.0.0.1 "$tcp"
expect "no name" 2 '"1a"' "letter"
run "$WINDSOCK" trace nowhere.pcap
expect "a file that is not there" 2 "nowhere.pcap" "No such file"
run "$WINDSOCK" trace "$captures"
expect "a folder" 2 "folder"
run "$WINDSOCK" trace "$asked"
expect "no capture" 2 "one-client.trace" "is not a capture"

# ---- there and back ----

back() { # FILE [VIEW...]: the file, said as a trace, matches itself
	"$WINDSOCK" trace "$@" > back.trace && "$WINDSOCK" match back.trace "$1" > back && grep -q "^complete: " back
}

matched=0
for file in "$captures"/*/*/*.pcap; do
	"$WINDSOCK" trace "$file" | grep -q "=>" || continue # nothing was said
	back "$file" || { not_ok "$file matches itself"; continue; }
	matched=$((matched + 1))
done
for file in "$captures"/*/solution.*/*.pcap; do
	for view in --handshake --segments --acks --ends "--handshake --segments --acks --ends"; do
		# shellcheck disable=SC2086 # words
		back "$file" $view || grep -q "no flow in" back.trace || not_ok "$file matches itself with $view"
	done
done
that "every recorded capture matches itself ($matched)" test $matched -ge 40

# ---- match ----

names="--host a=10.0.0.1 --host b=10.0.0.2"
values="--param port=7777 --param answer=thanks"
# shellcheck disable=SC2086
set -- $names $values --param "question=from B"
run "$WINDSOCK" match "$asked" "$tcp" "$@"
expect "a lesson's trace, and a capture that differs: the picture and the line" 1 "ms b" "reset (RST)" \
	"expected, $asked:" "different: 0 of 1 flows"
printf 'tcp b:* => a:7777\n    -> "from B"\n    <- "thanks"\n    <- reset\n' > seen.trace
run "$WINDSOCK" match seen.trace "$tcp" "$@"
expect "one that does not" 0 "complete: 1 flow," "reset (RST)" "!expected,"
printf 'never tcp * => a:7777\n' > never.trace
run "$WINDSOCK" match never.trace "$tcp" --host a=10.0.0.1
expect "what is forbidden" 1 "seen: tcp 10.0.0.2:$port => a:7777" "never tcp"
printf 'udp b:* => a:7777\n    -> any\n' > other.trace
run "$WINDSOCK" match other.trace "$right" "$@"
expect "another transport" 1 "expected, other.trace:1: udp b:* => a:7777"
run "$WINDSOCK" match "$asked" "$tcp" --host a=10.0.0.1
expect "a host without an address is asked for" 2 "whose addresses are these? b. Say it with --host b=ADDRESS"
# shellcheck disable=SC2086
run "$WINDSOCK" match "$asked" "$tcp" $names
expect "a port without a value is asked for" 2 "one-client.trace:" "{port}: which port is that? Say it with --param port=VALUE"
# shellcheck disable=SC2086
run "$WINDSOCK" match "$asked" "$tcp" $names --param port=7777 --param answer=thanks
expect "so is a text" 2 "{question}: what does that stand for? Say it with --param question=VALUE"
run "$WINDSOCK" trace "$tcp" --host a=10.0.0.1 --host b=10.0.0.1
expect "an address with two names" 2 "10.0.0.1 is a already" "usage:"
run "$WINDSOCK" match seen.trace "$tcp" "$@" --param question
expect "a parameter without a value" 2 '"question"' "NAME=VALUE"
run "$WINDSOCK" match seen.trace
expect "no capture" 2 "which capture" "usage: windsock match"
run "$WINDSOCK" match seen.trace nowhere.pcap "$@"
expect "a capture that is not there" 2 nowhere.pcap
: > empty.trace
run "$WINDSOCK" match empty.trace "$tcp"
expect "an empty trace" 2 "empty"

cat > nat.trace << 'EOF'
at hub.eth0
    tcp hub:$inside => cloud:7070
        -> any
        <- any
        -> any
at home.wan
    tcp home:$outside => cloud:7070
        -> any
        <- any
        -> any
EOF
run "$WINDSOCK" match nat.trace --at "hub.eth0=$together/hub.eth0.pcap" --at "home.wan=$together/home.wan.pcap" \
	--host hub=192.168.1.10 --host home=203.0.113.1 --host cloud=198.51.100.1
expect "two captures of one run" 0 "complete: 2 flows"
run "$WINDSOCK" match nat.trace --at "hub.eth0=$together/hub.eth0.pcap" \
	--host hub=192.168.1.10 --host home=203.0.113.1 --host cloud=198.51.100.1
expect "one of them is missing" 2 "home.wan"

cat > bytes.trace << 'EOF'
at home.wan
    tcp home:* => cloud:7070 -> 10 bytes <- 0..8 bytes
    up 0 bytes
EOF
set -- --at "home.wan=$together/home.wan.pcap" --host home=203.0.113.1 --host cloud=198.51.100.1
run "$WINDSOCK" match bytes.trace "$@"
expect "too many at the interface" 1 "expected, bytes.trace:3: up 0 bytes" "seen: up " " bytes, down "
up=$("$WINDSOCK" match bytes.trace "$@" | sed -n 's/.*seen: *up \([0-9]*\) .*/\1/p')
sed -i "s/up 0/up $up/" bytes.trace
run "$WINDSOCK" match bytes.trace "$@"
expect "bytes of a flow, and of an interface" 0 "complete: 1 flow"
run "$WINDSOCK" match bytes.trace "$together/home.wan.pcap" --at "home.wan=$together/home.wan.pcap" \
	--host home=203.0.113.1 --host cloud=198.51.100.1
expect "the flows of another capture are another question" 1 "seen, and not in the trace"
printf 'tcp * => cloud:7070 -> 9 bytes\nup 1.. bytes\n' > bytes.trace
run "$WINDSOCK" match bytes.trace "$together/home.wan.pcap" --host cloud=198.51.100.1
expect "whose interface?" 2 "bytes.trace:2" "out of which interface" "--at HOST.INTERFACE="
printf 'tcp * => cloud:7070 -> 9 bytes\n' > bytes.trace
run "$WINDSOCK" match bytes.trace "$together/home.wan.pcap" --host cloud=198.51.100.1
expect "too many in the flow" 1 "expected, bytes.trace:1: tcp * => cloud:7070 -> 9 bytes" "seen: -> 10 bytes <- 8 bytes"

finish
