#!/bin/sh
# --with: a program of any language in the place of a host or of a lesson's program.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

# Programs run with the PATH of windsock's sandbox, so the one of the developer is of no use.
python=
for candidate in /usr/bin/python3 /usr/local/bin/python3; do
	[ -x "$candidate" ] && python=$candidate && break
done

script() { # NAME: standard input becomes an executable file in $work
	cat > "$work/$1"
	chmod 755 "$work/$1"
}

for lesson in 01-udp-server 02-udp-client-port 06-tcp-server 07-tcp-client-port 13-push; do
	workspace $lesson $lesson
	solve $lesson $lesson
done

# ---- a shell script with nc ----

script ask-udp << 'SCRIPT'
#!/bin/sh
# ADDRESS PORT MY_PORT QUESTION; nc -u ends a second after the last that it heard
[ "$3" = 0 ] || set -- "$1" "$2" "$3" "$4" -p "$3"
address=$1 port=$2 question=$4
shift 4
printf %s "$question" | exec nc -u -w 1 "$@" "$address" "$port"
SCRIPT
script ask-tcp << 'SCRIPT'
#!/bin/sh
# ADDRESS PORT MY_PORT QUESTION: asks, waits for the answer, and only then hangs up
answers=$(mktemp -d ./answers.XXXXXX) && mkfifo "$answers/pipe" || exit 1
{ printf %s "$4"; first=$(head -c 1 "$answers/pipe"); } | nc -N "$1" "$2" > "$answers/pipe"
rm -r "$answers"
SCRIPT

if nc -h 2>&1 | grep -q OpenBSD; then
	# (ask-again wants two questions of b, each from a port of its own: not this client's trade.)
	for case in one-question two-clients; do
		run "$WINDSOCK" check --dir 01-udp-server --case $case --with "b=$work/ask-udp"
		expect "01: nc asks the student's server, $case" 0 "4 of 4 points" "!unfinished"
	done
	chmod 777 06-tcp-server # root's programs run as nobody, and this one makes a pipe
	run "$WINDSOCK" check --dir 06-tcp-server --case one-client --with "b=$work/ask-tcp"
	expect "06: nc calls the student's server" 0 "5 of 5 points"
	that "the client that was recorded is the script" grep -q '"ask-tcp"' \
		06-tcp-server/.windsock/last/one-client/run.json
	# It comes to b where a lesson plays b, and it is as much the student's as any other.
	run "$WINDSOCK" check --dir 06-tcp-server --case one-client --with "b=$work/ask-udp"
	expect "06: nc -u is not TCP, and is told so" 1 "[wrong-transport]"
else
	skip "01: nc asks the student's server" "netcat-openbsd is not installed"
	skip "06: nc calls the student's server" "netcat-openbsd is not installed"
fi

# ---- Python ----

if [ -n "$python" ]; then
	script server-udp.py << SCRIPT
#!$python
import socket, sys
address, port, answer = sys.argv[1:4]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((address, int(port)))
while True:
    question, sender = s.recvfrom(2048)
    s.sendto(answer.encode(), sender)
SCRIPT
	script server-first.py << SCRIPT
#!$python
import socket, sys
address, port, answer = sys.argv[1:4]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((address, int(port)))
first = None
while True:
    question, sender = s.recvfrom(2048)
    first = first or sender
    s.sendto(answer.encode(), first)
SCRIPT
	script server-talk.py << SCRIPT
#!$python
# answers the first message of each client, and hears the others
import socket, sys
address, port, answer = sys.argv[1:4]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((address, int(port)))
known = set()
while True:
    question, sender = s.recvfrom(2048)
    if sender not in known:
        s.sendto(answer.encode(), sender)
    known.add(sender)
SCRIPT
	script client-udp.py << SCRIPT
#!$python
import socket, sys
address, port, my_port, question, thanks = sys.argv[1:6]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if int(my_port):
    s.bind(("", int(my_port)))
s.sendto(question.encode(), (address, int(port)))
s.recvfrom(2048)
s.sendto(thanks.encode(), (address, int(port)))
SCRIPT
	script client-tcp.py << SCRIPT
#!$python
import socket, sys
address, port, my_port, question = sys.argv[1:5]
s = socket.socket()
if int(my_port):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", int(my_port)))
s.connect((address, int(port)))
s.sendall(question.encode())
s.recv(2048)
s.close()
SCRIPT
	run "$WINDSOCK" check --dir 01-udp-server --with "a=$work/server-udp.py"
	expect "01: a server in Python, named by its host" 0 "$most of $most points"
	run "$WINDSOCK" check --dir 01-udp-server --with "server=$work/server-udp.py"
	expect "01: the same, named by the program that it replaces" 0 "$most of $most points"
	run "$WINDSOCK" check --dir 01-udp-server --with "a=$python $work/server-udp.py"
	expect "01: an interpreter and its script" 0 "$most of $most points"
	run "$WINDSOCK" check --dir 01-udp-server --with "server=$work/server-first.py"
	expect "01: a wrong server in Python gets its own diagnosis" 1 "[reply-to-first-client]" "$((most - 6)) of $most points" \
		"!unfinished"
	run "$WINDSOCK" check --dir 02-udp-client-port --with "b=$work/client-udp.py"
	expect "02: a client in Python" 0 "10 of 10 points"
	run "$WINDSOCK" check --dir 07-tcp-client-port --with "client=$work/client-tcp.py"
	expect "07: a client in Python" 0 "10 of 10 points"
	run "$WINDSOCK" check --dir 01-udp-server --case one-question --with "server=$work/server-udp.py" \
		--with "b=$work/client-tcp.py"
	expect "01: a stranger at b that calls by TCP is told so" 1 "[wrong-transport]"

	# The exchange that the course began with: "from B", "thanks", "got something".
	run "$WINDSOCK" check --dir 02-udp-client-port --with "a=$work/server-talk.py" --with "b=$work/client-udp.py"
	expect "02: both sides by --with" 0 "10 of 10 points"
	for name in server-talk.py client-udp.py; do
		that "the record says that $name was there" grep -qF "\"$name\"" \
			02-udp-client-port/.windsock/last/port-6666/run.json
	done
	run "$WINDSOCK" check --dir 02-udp-client-port --with "a=$work/server-udp.py" --with "b=$work/client-udp.py"
	expect "02: a server that answers the thanks as well says too much" 1 "[extra-message]"
	run "$WINDSOCK" check --dir 02-udp-client-port --with "a=$work/server-talk.py" --with "client=$work/client-udp.py"
	expect "02: one part by its host, the other by its program" 0 "10 of 10 points"
	run "$WINDSOCK" show --dir 02-udp-client-port port-6666
	expect "02: the three messages, in order, from 6666" 0 '"from B"' '"thanks"' '"got something"' ":6666"
else
	skip "programs in Python" "there is no /usr/bin/python3"
fi

# ---- what cannot be cast ----

run "$WINDSOCK" check --dir 01-udp-server --with "teapot=/bin/true"
expect "a part that the lesson has not: says which it has" 2 'no part "teapot"' "a, b, c" server
run "$WINDSOCK" check --dir 13-push --with "home=/bin/true"
expect "a router is no part" 2 "13-push" "hub, cloud"
run "$WINDSOCK" check --dir 01-udp-server --with "server=$work/not-there"
expect "a program that is not there" 2 "not-there" "not there"
run "$WINDSOCK" check --dir 01-udp-server --with "server=not-there-in-path"
expect "nor in PATH" 2 "not-there-in-path" "not there"
echo "#!/bin/sh" > plain
chmod 644 plain
run "$WINDSOCK" check --dir 01-udp-server --with "server=$work/plain"
expect "one that may not be executed" 2 "plain" "chmod +x"
run "$WINDSOCK" check --dir 01-udp-server --with "server=$work"
expect "a folder" 2 "$work"
run "$WINDSOCK" check --dir 01-udp-server --with "server="
expect "no program behind the =" 2 "server=" "PART=PROGRAM"
run "$WINDSOCK" check --dir 01-udp-server --with "server= "
expect "only a blank behind it" 2 "no program"
run "$WINDSOCK" check --dir 01-udp-server --with "=/bin/true"
expect "no part before it" 2 "PART=PROGRAM"
run "$WINDSOCK" check --dir 01-udp-server --with server
expect "no = at all" 2 "PART=PROGRAM"
run "$WINDSOCK" check --dir 01-udp-server --with
expect "nothing at all" 2 "usage: windsock check"

script no-interpreter << 'SCRIPT'
#!/nonexistent/interpreter
SCRIPT
run "$WINDSOCK" check --dir 01-udp-server --with "server=$work/no-interpreter"
expect "a script without its interpreter could not be started: no verdict" 2 "no-interpreter" "could not be started"
: > empty
chmod 755 empty
run "$WINDSOCK" check --dir 01-udp-server --with "server=$work/empty"
expect "an empty file is an empty script, as for the shell" 1 "[nothing-bound]"

# A cast check is about other programs: what the student has reached stays as it was.
run "$WINDSOCK" check --dir 01-udp-server
expect "the workspace's own program again" 0 "$most of $most points"
run "$WINDSOCK" check --dir 01-udp-server --with "server=/bin/true"
expect "a program that ends at once is wrong" 1 "[nothing-bound]"
run "$WINDSOCK" list
expect "and the points are those of the student's own" 0 "Someone must bind $most of $most"

finish
