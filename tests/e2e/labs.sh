#!/bin/sh
# What a lesson says of its network, seen from outside: a small lesson of its own, with a case a word.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

mkdir -p lessons/90-words/traces
cd lessons/90-words || exit 99
cat > README.md << 'TEXT'
# Words
TEXT
echo "# Hints" > hints.md
cat > client.c << 'TEXT'
/* ADDRESS PORT [MY PORT]: asks by UDP and waits for one answer. take PORT: takes one question. TODO(1): nothing to do */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_in to = {.sin_family = AF_INET}, own = {.sin_family = AF_INET};
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	char answer[100];

	if (argc < 3)
		return 1;
	if (argv[1][0] == 't') {
		own.sin_port = htons((uint16_t)atoi(argv[2]));
		return bind(s, (struct sockaddr *)&own, sizeof own) || recv(s, answer, 1, 0) < 0;
	}
	to.sin_port = htons((uint16_t)atoi(argv[2]));
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	own.sin_port = htons((uint16_t)(argc > 3 ? atoi(argv[3]) : 0));
	if (bind(s, (struct sockaddr *)&own, sizeof own) || connect(s, (struct sockaddr *)&to, sizeof to))
		return 1;
	send(s, "q", 1, 0);
	if (recv(s, answer, sizeof answer, 0) < 0)
		perror("recv");
	return 0;
}
TEXT
cat > tunnel.c << 'TEXT'
/* DESCRIPTOR: turns each UDP datagram that comes out of the tunnel round and writes it back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void swap(unsigned char *left, unsigned char *right, int count)
{
	while (count--) {
		unsigned char byte = *left;

		*left++ = *right;
		*right++ = byte;
	}
}

int main(int argc, char **argv)
{
	unsigned char packet[2000];
	ssize_t length;
	int tunnel = argc > 1 ? atoi(argv[1]) : 3;

	while ((length = read(tunnel, packet, sizeof packet)) > 0) {
		if (packet[9] != 17)
			printf("protocol %d\n", packet[9]);
		swap(packet + 12, packet + 16, 4); /* the sum of the header, and UDP's, stay what they are */
		swap(packet + 20, packet + 22, 2);
		if (write(tunnel, packet, (size_t)length) != length)
			perror("write");
	}
	perror("read");
	return 1;
}
TEXT
cat > fw.nft << 'TEXT'
table ip mine {
	chain in {
		type filter hook input priority 0; policy drop;
		udp dport 7000 accept
	}
	chain out {
		type filter hook output priority 0; policy drop;
		ct state established accept
	}
}
TEXT
cat > lesson << 'TEXT'
lesson 90-words
title "Words"
idea "Each word does what it says."
begin "Nothing to begin."
skeleton fails no-packet

host hub
router home
host cloud
link hub.eth0 192.168.1.10/24 -- home.lan 192.168.1.1/24
link home.wan 203.0.113.1/24 -- cloud.eth0 203.0.113.9/24
tunnel cloud.vpn0 10.8.0.2/24
route cloud 192.0.2.0/24 dev vpn0
route hub default via 192.168.1.1
route cloud default via 203.0.113.1

program client student client.c
program tunnel student tunnel.c
program shell system bash
program nowhere system windsock-has-no-such-command
param port 7000 port

case command 1 points
    title "A command of the machine"
    trace traces/command.trace
    watch cloud.eth0
    nat home.wan mapping endpoint-independent filtering address-and-port-dependent ports 40001
    play cloud
    run hub shell -c "printf q > /dev/udp/{cloud}/{port}"

case missing 2 points
    title "A command that is not there"
    trace traces/command.trace
    watch cloud.eth0
    play cloud
    run hub nowhere

case mapped 1 points
    title "The port changes"
    trace traces/mapped.trace
    watch cloud.eth0
    nat home.wan mapping address-and-port-dependent filtering address-and-port-dependent ports 40001
    play cloud
    run hub client {cloud} {port} 6666

case refused 1 points
    title "The firewall refuses"
    trace traces/refused.trace
    watch hub.eth0
    filter home.lan refuse udp {port} with unreachable
    run hub client {cloud} {port} 6666

case slow 1 points
    title "A slow link"
    trace traces/mapped.trace
    watch cloud.eth0
    nat home.wan mapping address-dependent filtering address-dependent ports 40001
    rate home.wan 64 kbit
    memory home udp 2 s
    play cloud
    run hub client {cloud} {port} 6666

case forwarded 1 points
    title "A forward leads in"
    trace traces/forwarded.trace
    watch hub.eth0
    forward home.wan udp {port} to 192.168.1.10:9000
    play hub
    run cloud client 203.0.113.1 {port} 6666

case tunnel 1 points
    title "What a host sends into a tunnel can be read, and what is written comes in"
    trace traces/tunnel.trace
    watch cloud.vpn0
    run cloud tunnel {vpn0}
    run cloud client 192.0.2.1 {port} 6666

case rules 1 points
    title "The student's own rules"
    trace traces/rules.trace
    watch cloud.eth0
    rules cloud student fw.nft
    play cloud
    run hub client {cloud} {port} 6666

case later 1 points
    title "An address comes later"
    trace traces/later.trace
    watch cloud.eth0
    run cloud client take {port}
    address cloud.eth0 203.0.113.99
    run hub client 203.0.113.99 {port} 6666
TEXT
printf 'udp *:* => cloud:{port}\n    -> "q"\n' > traces/command.trace
printf 'udp 203.0.113.1:40001 => cloud:{port}\n    -> "q"\n    <- "a"\n' > traces/mapped.trace
printf 'udp hub:6666 => cloud:{port}\n    -> "q"\n    <- unreachable\n' > traces/refused.trace
printf 'udp cloud:6666 => hub:9000\n    -> "q"\n    <- "a"\n' > traces/forwarded.trace
printf 'udp hub:6666 => 203.0.113.99:{port}\n    -> "q"\n' > traces/later.trace
printf 'udp cloud:6666 => 192.0.2.1:{port}\n    -> "q"\n    <- "q"\n' > traces/tunnel.trace
printf 'udp hub:6666 => cloud:{port}\n    -> "q"\n    <- "a"\n' > traces/rules.trace
cd "$work" || exit 99
chmod -R a+rX lessons
WINDSOCK_LESSONS=$work/lessons
export WINDSOCK_LESSONS

workspace 90-words words
for case in command mapped refused slow forwarded tunnel rules later; do
	run "$WINDSOCK" check --dir words --case $case
	expect "$case" 0 "1 of 1 points"
done
run "$WINDSOCK" check --dir words --case missing
expect "a command that is missing: the case cannot run" 77 "windsock-has-no-such-command is not installed"
run "$WINDSOCK" check --dir words
expect "the others are graded without it" 0 "missing is skipped" "8 of 8 points" "1 case was skipped"

printf 'table ip mine {\n\tchain in {\n\t\ttype filter hook input priority 0;\n\t\tudp dprot 7000 accept\n\t}\n}\n' > words/fw.nft
run "$WINDSOCK" check --dir words --case rules
expect "a wrong rule is the student's, and its line is named" 1 "fw.nft:4:" "syntax error" "cannot be loaded"
finish
