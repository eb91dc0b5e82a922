#!/bin/sh
# windsock grade --on parallel, on a room of three machines: each a network namespace with an sshd. A machine crashes,
# another is cut off and works on, one cannot run labs, one is not there, GNU parallel is killed. Each time the same
# command is given again, and at the end everything is there once, as on one machine.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/engines/alone.sh"
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
PATH=$PATH:/usr/sbin:/sbin
for command in parallel ssh ssh-keygen sshd python3 ip; do
	have "$command" || skip_all "$command is not installed"
done
need_lab
. "$WINDSOCK_TESTS/engines/class.sh"

# ---- the room ----

start_machine() { # NUMBER
	ip netns add "w$1"
	ip -n "w$1" link set lo up
	ip link add "p$1" type veth peer name eth0 netns "w$1"
	ip link set "p$1" master room
	ip link set "p$1" up
	ip -n "w$1" addr add "10.88.0.$1/24" dev eth0
	ip -n "w$1" link set eth0 up
	cat > "sshd$1.conf" << C
ListenAddress 10.88.0.$1
HostKey $work/host
PidFile $work/sshd$1.pid
AuthorizedKeysFile $work/id.pub
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM yes
MaxStartups 50:30:200
SetEnv NODE=w$1
C
	ip netns exec "w$1" "$(command -v sshd)" -f "$work/sshd$1.conf" -E "$work/sshd$1.log"
	printf 'Host w%s\n\tHostName 10.88.0.%s\n' "$1" "$1" >> ssh.conf
}

start_room() {
	mount -t tmpfs tmpfs /run # where ip keeps the names of namespaces, and sshd its folder
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f host
	ssh-keygen -q -t ed25519 -N '' -f id
	ip link set lo up
	ip link add room type bridge
	ip addr add 10.88.0.254/24 dev room
	ip link set room up
	for number in 1 2 3; do start_machine $number; done
	printf 'Host w4\n\tHostName 10.88.0.4\n' >> ssh.conf
	cat >> ssh.conf << C
Host *
	User root
	IdentityFile $work/id
	UserKnownHostsFile /dev/null
	StrictHostKeyChecking no
	LogLevel ERROR
	BatchMode yes
	ConnectTimeout 3
	ServerAliveInterval 1
	ServerAliveCountMax 2
C
	printf 'w1\nw2\n1/w3\nw4 # is not there\n' > hosts
	printf 'ssh ssh -F %s/ssh.conf\n' "$work" >> settings
}

reaches() { # MACHINE
	ssh -F ssh.conf "$1" true 2> /dev/null
}

crash() { # MACHINE
	# shellcheck disable=SC2046 # numbers
	kill -9 $(ip netns pids "$1") 2> /dev/null
}

# ---- grading ----

become_on_parallel() { # CLASS OUT ARGUMENT...
	class=$1 out=$2
	shift 2
	exec "$WINDSOCK" grade "$class" --lessons 01 --out "$out" --key key --on parallel --hosts hosts --settings settings "$@"
}

on_parallel() {
	(become_on_parallel "$@")
}

began=$(now)
make_all
start_room
mkdir home
HOME=$work/home
export HOME
await reaches w1 && await reaches w2 && await reaches w3 || {
	diag < sshd1.log
	echo "Bail out! sshd does not start"
	exit 99
}
ok "three machines are reached by ssh"
"$WINDSOCK" grade class --lessons 01 --out one --key key > one.table 2> err
that "one machine grades the class" test "$(count_records one)" -eq "$students"
diag "one machine: after $((($(now) - began) / 100)) s"

on_parallel class out.d --chunk-size 20 --dry-run > out 2> err
status=$?
command="--dry-run"
expect "--dry-run prints the very commands" 0 "parallel --sshloginfile=" "--retries=3" "/chunk.sh" "nothing was started"

# ---- left, taken up again, parallel killed ----

: > "$gates/broken-w3"
become_on_parallel class out.d --chunk-size 10 > out 2> err &
pid=$!
await has_records out.d 10
kill -INT $pid
wait $pid
status=$?
command="Ctrl-C"
expect "Ctrl-C leaves, and says how to come back" 2 "left; the chunks go on" "The same command" "kill -TERM"
expect "who cannot run labs, and who is not there, is left out" 2 "w3 is left out: " "/nonexistent" "w4 is left out: ssh: "
become_on_parallel class out.d > out 2> err &
pid=$!
await grep -q "taken up again" err
that "the same command takes it up again" grep -q "taken up again: parallel's job" err
kill -9 "$(cut -d ' ' -f 2 out.d/engine/1/job)"
wait $pid
status=$?
command="parallel is killed"
expect "parallel is killed: what is missing is told" 2 "not graded"
that "nothing was graded by who was left out" test "$(count_records out.d w3)" -eq 0
rm -f "$gates"/*
that "but by the others" sh -c "grep -hq '\"node\": \"w1\"' out.d/results/*/* && grep -hq '\"node\": \"w2\"' out.d/results/*/*"
diag "left and killed: after $((($(now) - began) / 100)) s"

# ---- a machine crashes, another is cut off ----

: > "$gates/hold-w1"
become_on_parallel class out.d --chunk-size 10 > out 2> err &
pid=$!
await test -e "$gates/began-w1"
before=$(count_records out.d w2)
await has_records out.d $((before + 2)) w2
crash w2
ip link set p1 down
diag "w2 crashed, w1 is cut off: after $((($(now) - began) / 100)) s"
runs_twice() {
	grep -c '^chunk ' out.d/engine/2/log/[0-9]* | grep -qv ':1$'
}
await runs_twice
rm "$gates/hold-w1"
wait $pid
status=$?
command="with lost machines"
diag "$(tail -n 2 err)"
while [ "$status" -eq 2 ] && [ "${again:=0}" -lt 3 ]; do
	again=$((again + 1))
	on_parallel class out.d > out 2> err
	status=$?
done
expect "at the end everything is graded" 0 "$(grep ' graded: ' one.table)"
diag "the same command was given ${again:-0} times more; after $((($(now) - began) / 100)) s"
cp out table
same_as_one_machine out.d one table
# A matter of when the hosts were lost, as in slurm.sh.
if runs_twice; then diag "chunks were run twice, and none of it shows"; else diag "no chunk had to be run twice this time"; fi
for number in 1 2 3; do kill "$(cat "sshd$number.pid")" 2> /dev/null; done
diag "took $((($(now) - began) / 100)) s"
finish
