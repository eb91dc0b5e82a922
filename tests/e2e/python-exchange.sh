#!/bin/sh
# The exchange that the course began with, as the programs in Python that it was first shown with would do it: a server
# with a pool of threads that "stop" ends, a client, two peers. They take the place of the lessons' programs by --with.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"

need_lab
# Programs run with the PATH of windsock's sandbox, so the one of the developer is of no use.
python=
for candidate in /usr/bin/python3 /usr/local/bin/python3; do
	[ -x "$candidate" ] && python=$candidate && break
done
[ -n "$python" ] || skip_all "/usr/bin/python3 is not there"

script() { # NAME: standard input becomes an executable script
	cat > "$work/$1"
	chmod 755 "$work/$1"
}

script server.py << SCRIPT
#!$python
import socket, sys
from concurrent.futures import ThreadPoolExecutor
address, port, answer, stop = sys.argv[1:5]
s = socket.socket()
s.bind((address, int(port)))
s.listen()

def talk(conn):
    with conn:
        while data := conn.recv(1024):
            if data.decode() == stop:
                s.shutdown(socket.SHUT_RD)
                return
            conn.sendall(answer.encode())

with ThreadPoolExecutor(8) as pool:
    try:
        while True:
            pool.submit(talk, s.accept()[0])
    except OSError:
        s.close()
SCRIPT
script one-by-one.py << SCRIPT
#!$python
import socket, sys
address, port, answer, stop = sys.argv[1:5]
s = socket.socket()
s.bind((address, int(port)))
s.listen()
data = ""
while data != stop:
    conn, sender = s.accept()
    while (data := conn.recv(1024).decode()) not in ("", stop):
        conn.sendall(answer.encode())
    conn.close()
SCRIPT
script lines.py << SCRIPT
#!$python
import socket, sys
address, port, question, got = sys.argv[1:5]
# Two files: one for both ways would forget what it has read ahead whenever it writes.
with socket.create_connection((address, int(port))) as s, s.makefile("rb") as lines:
    s.sendall(question.encode() + b"\n")
    for line in lines:
        s.sendall(got.encode() + b" " + line)
SCRIPT
script done.py << SCRIPT
#!$python
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as s:
    s.sendall("".join(text + "\n" for text in sys.argv[3:]).encode())
    s.shutdown(socket.SHUT_WR)
    while s.recv(1024):
        pass
SCRIPT
script peer.py << SCRIPT
#!$python
import socket, sys
address, port, his_address, his_port, ping, pong, role = sys.argv[1:8]
his = (his_address, int(his_port))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((address, int(port)))
if role == "begin":
    sys.stdin.readline()
    s.sendto(ping.encode(), his)
while True:
    data, sender = s.recvfrom(1024)
    if data == ping.encode():
        s.sendto(pong.encode(), sender)
SCRIPT

for lesson in 05-who-starts 08-stream 09-half-close 10-many-clients; do
	workspace "$lesson" "$lesson"
done
run "$WINDSOCK" check --dir 05-who-starts --with "peer=$work/peer.py"
expect "05: two peers in Python" 0 "10 of 10 points"
run "$WINDSOCK" check --dir 08-stream --with "client=$work/lines.py"
expect "08: a client in Python that reads lines" 0 "10 of 10 points"
run "$WINDSOCK" check --dir 09-half-close --with "client=$work/done.py"
expect "09: a client in Python that says when it is done" 0 "10 of 10 points"
run "$WINDSOCK" check --dir 10-many-clients --with "server=$work/server.py"
expect "10: a server in Python with a pool of threads, which stop ends" 0 "10 of 10 points"
run "$WINDSOCK" check --dir 10-many-clients --with "server=$work/one-by-one.py"
expect "10: one caller after the other is told so" 1 "[one-at-a-time]"

finish
