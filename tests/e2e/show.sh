#!/bin/sh
# The last run again: picture, flows, trace, SVG; as wide as the screen, in its characters; the same packet
# on both sides of a NAT once.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

# ---- a wrong run ----

workspace 06-tcp-server wrong
solve 06-tcp-server wrong
fixture 06-tcp-server wrong/answers-twice.c wrong server.c
run "$WINDSOCK" check --dir wrong
expect "the first wrong arrow says so, with the call that caused it" 1 '"thanks", not expected' "send(4, 6 bytes) = 6" \
	"!accept(3)" "[said-twice]"
that "its call stands right above it" sh -c "grep -B 1 'not expected' out | head -n 1 | grep -q 'send(4'"
run "$WINDSOCK" show --dir wrong one-client
expect "show adds the flows" 0 "not expected" "opened by first word bytes closed by" "b b 6 -> <- 12 b"
run "$WINDSOCK" show --dir wrong --calls one-client
expect "--calls: all of them" 0 "socket(AF_INET, SOCK_STREAM) = 3" "accept(3) = 4" "never returned"

# ---- widths and characters ----

for width in 60 80 100 133; do
	COLUMNS=$width run "$WINDSOCK" show --dir wrong --calls --ascii
	that "$width columns, ASCII" awk -v width=$width 'length($0) > width && !/^    expected, |points?\)$/{exit 1}' out
	that "$width columns: nothing but ASCII" sh -c "! LC_ALL=C grep -q '[^ -~]' out"
done
LC_ALL=C run "$WINDSOCK" show --dir wrong
that "a plain locale has plain characters" sh -c "! LC_ALL=C grep -q '[^ -~]' out"
that "no colour where there is no terminal" sh -c "! grep -q \"$(printf '\033')\" out"

# ---- other forms ----

run "$WINDSOCK" show --dir wrong --flows one-client
expect "--flows: the table alone" 0 "closed by" "!ms a" "![said-twice]"
run "$WINDSOCK" show --dir wrong --trace one-client
expect "--trace: what was seen" 0 '-> "from B"' '<- "thanksthanks"' "-> fin" "!ms a"
cp out seen.trace
port=$(sed -n 's/^tcp b:\([0-9]*\) .*/\1/p' seen.trace)
run "$WINDSOCK" match seen.trace wrong/.windsock/last/one-client/a.eth0.pcap --host a=10.0.0.1 --host b=10.0.0.2
expect "which is a trace, and matches (port ${port:-?})" 0 "complete"

well_formed() { # FILE
	if have python3; then python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$1"; fi
}

run "$WINDSOCK" show --dir wrong --svg
expect "--svg: the first wrong case" 0 "<svg " "(wrong)" "not expected" "send(4, 6 bytes) = 6" "!<script" "!href"
that "is well-formed" well_formed "$work/out"
run "$WINDSOCK" show --dir wrong --svg --calls two-in-turn
expect "or the one that was named" 0 "<svg " "One client after the other"
that "is well-formed, too" well_formed "$work/out"
run "$WINDSOCK" show --dir wrong --jpeg
expect "an option that is none" 2 "--jpeg" "usage: windsock show"

# ---- what is right; a NAT ----

workspace 13-push push
solve 13-push push
run "$WINDSOCK" check --dir push --case together
expect "a right run says the three directions in two lines" 0 "opened by" "hub hub" "cloud" "!ms hub"
run "$WINDSOCK" show --dir push together
expect "one picture of both sides of the NAT" 0 "seen on hub.eth0 and home.wan" "ms hub home cloud"
that "in which each message is one arrow" test "$(grep -c '"HUB 17' out)" -eq 1
run "$WINDSOCK" show --dir push --svg
expect "--svg: without a wrong case the first" 0 "<svg " "(right)" "home"
that "is well-formed as well" well_formed "$work/out"
run "$WINDSOCK" show --dir push --trace together
expect "--trace says what each vantage point saw" 0 "tcp hub:" "at home.wan tcp home:"

finish
