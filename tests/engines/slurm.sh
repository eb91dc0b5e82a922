#!/bin/sh
# windsock grade --on slurm, on a real Slurm: a controller and three nodes on this machine. Nodes are lost, cut off,
# unable; the controller dies; jobs are cancelled; the disk is full; a student's program looks for the cluster. Each time the
# same command is given again, and at the end everything is there once, as on one machine.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/engines/alone.sh"
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
for command in sbatch slurmctld slurmd munged python3 ip setpriv; do
	have "$command" || have "/usr/sbin/$command" || skip_all "$command is not installed"
done
PATH=$PATH:/usr/sbin:/sbin
need_lab
. "$WINDSOCK_TESTS/engines/class.sh"
user=${WINDSOCK_TEST_USER:-nobody}
become_user() { # COMMAND...
	exec setpriv --reuid="$(id -u "$user")" --regid="$(id -g "$user")" --clear-groups env HOME="$work/home" "$@"
}
as_user() {
	(become_user "$@")
}

# ---- the cluster ----

start_munge() {
	mkdir munge
	head -c 128 /dev/urandom > munge/key
	chown -R munge munge
	chmod 400 munge/key
	setpriv --reuid="$(id -u munge)" --regid="$(id -g munge)" --clear-groups munged --socket="$work/munge/socket" \
		--key-file="$work/munge/key" --pid-file="$work/munge/pid" --log-file="$work/munge/log" --seed-file="$work/munge/seed"
}

write_conf() {
	cat > slurm.conf << C
ClusterName=windsock
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
StateSaveLocation=$work/slurm/state
SlurmdSpoolDir=$work/slurm/%n
SlurmctldPidFile=$work/slurm/slurmctld.pid
SlurmdPidFile=$work/slurm/%n.pid
SlurmctldLogFile=$work/slurm/slurmctld.log
SlurmdLogFile=$work/slurm/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=4
MessageTimeout=8
KillWait=2
MaxArraySize=51
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
MailProg=/bin/true
NodeName=n[1-3] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[27001-27003] CPUs=2 RealMemory=2000 State=UNKNOWN
PartitionName=class Nodes=n[1-3] Default=YES MaxTime=INFINITE State=UP
C
}

start_controller() { # [-c]: a new one
	slurmctld "$@" -f "$SLURM_CONF"
}

start_node() { # NAME
	slurmd -N "$1" -f "$SLURM_CONF"
}

has_idle() { # COUNT
	[ "$(sinfo --noheader --Node --format=%t | grep -c idle)" -ge "$1" ]
}

start_cluster() {
	# getaddrinfo(3) resolves nothing, not even 127.0.0.1, where no interface but lo has an address
	ip link set lo up && ip link add va type veth peer name vb && ip addr add 10.99.0.1/24 dev va && ip link set va up
	start_munge
	mkdir -p slurm/state slurm/n1 slurm/n2 slurm/n3
	chmod 755 slurm
	write_conf
	SLURM_CONF=$work/slurm.conf
	export SLURM_CONF
	start_controller -c
	for node in n1 n2 n3; do start_node $node; done
	await has_idle 3
}

stop_cluster() { # by their numbers; what is left ends with the namespace
	for file in slurm/*.pid munge/pid; do
		[ ! -s "$file" ] || kill "$(cat "$file")" 2> /dev/null
	done
}

# The node's machine stops: its daemon, the daemons of its steps, its jobs.
crash() { # NAME
	steps=
	for number in $(grep -lsz "^SLURMD_NODENAME=$1\$" /proc/[0-9]*/environ | cut -d / -f 3); do
		parent=$(awk '{ print $4 }' "/proc/$number/stat" 2> /dev/null)
		case $(cat "/proc/$parent/comm" 2> /dev/null) in slurmstepd*) steps="$steps $parent" ;; esac
		steps="$steps $number"
	done
	# shellcheck disable=SC2086 # numbers
	kill -9 "$(cat "slurm/$1.pid")" $steps 2> /dev/null
}

jobs_of() { # OUT: what Slurm calls its last job
	cat "$(ls -d "$1"/engine/[0-9]*/job | sort -t / -k "$(echo "$1/engine/" | tr -cd / | wc -c | awk '{ print $1 + 1 }')n" | tail -n 1)" |
		cut -d ' ' -f 2
}

# ---- grading ----

become_grade() { # CLASS OUT ARGUMENT...: in a shell of its own
	class=$1 out=$2
	shift 2
	become_user "$WINDSOCK" grade "$class" --lessons 01 --out "$out" --key "$work/key" "$@"
}

become_on_slurm() { # CLASS OUT ARGUMENT...
	class=$1 out=$2
	shift 2
	become_grade "$class" "$out" --on slurm --settings "$work/settings" "$@"
}

grade() {
	(become_grade "$@")
}

on_slurm() {
	(become_on_slurm "$@")
}

began=$(now)
make_all
mkdir home open
chown "$user" home open
chmod 777 open
chmod 644 key
start_cluster
has_idle 3 2> err || { diag < err; tail -n 5 slurm/*.log | diag; echo "Bail out! Slurm does not start"; exit 99; }
ok "a Slurm of three nodes is up"
diag "$(sinfo --version), after $((($(now) - began) / 100)) s"
grade class open/one > open/one.table 2> err
that "one machine grades the class" test "$(count_records open/one)" -eq "$students"
diag "one machine: after $((($(now) - began) / 100)) s"

# ---- before anything is started ----

on_slurm class open/out --chunk-size 20 --dry-run --partition class --time 9 --memory 500M --at-once 5 > out 2> err
status=$?
command="--dry-run"
expect "--dry-run prints the very commands" 0 "sbatch --parsable" "--array=0-$(((students + 19) / 20 - 1))%5" \
	"--partition=class" "--time=9" "--mem=500M" "--nodelist=n2" "nothing was started"
that "and starts nothing" test -z "$(squeue --noheader)"
: > "$gates/broken-n3"
on_slurm class open/out --chunk-size 1 > out 2> err
status=$?
expect "more chunks than the site takes" 2 "--chunk-size" "51 at once"

# ---- left, taken up again, cancelled ----

become_on_slurm class open/out --chunk-size 10 > out 2> err &
pid=$!
await has_records open/out 10
kill -INT $pid
wait $pid
status=$?
command="Ctrl-C"
expect "Ctrl-C leaves, and says how to come back" 2 "left; the chunks go on" "The same command" "scancel"
expect "a node that cannot run labs is left out, with the reason" 2 "n3 is left out: " "/nonexistent"
job=$(jobs_of open/out)
that "the chunks do go on" test -n "$(squeue --noheader --jobs="$job")"
: > "$gates/hold-n1"
: > "$gates/hold-n2"
become_on_slurm class open/out > out 2> err &
pid=$!
await grep -q "taken up again" err
that "the same command takes the job up again" grep -q "taken up again: slurm's job $job" err
on_slurm class open/out > again.out 2> again.err
that "a second one beside it is told" grep -q "another windsock grade works here: process $pid" again.err
as_user scancel "$job"
wait $pid
status=$?
command="scancel"
expect "scancel: what is missing is told" 2 "not graded: the job was cancelled" "still missing"
that "nothing was graded by the node that was left out" test "$(count_records open/out n3)" -eq 0
rm -f "$gates"/*
diag "left and cancelled: after $((($(now) - began) / 100)) s"

# ---- a node crashes, another is cut off, the controller dies ----

: > "$gates/hold-n1"
become_on_slurm class open/out --chunk-size 10 > out 2> err &
pid=$!
await test -e "$gates/began-n1"
before=$(count_records open/out n2)
await has_records open/out $((before + 2)) n2
await grep -qs "$(cat open/out/engine/2/submitting | cut -d ' ' -f 2)" slurm/state/job_state
crash n2
kill -9 "$(cat slurm/n1.pid)"
kill -9 "$(cat slurm/slurmctld.pid)"
diag "n2 crashed, n1 cut off, the controller killed: after $((($(now) - began) / 100)) s"
await sh -c '! scontrol ping > /dev/null 2>&1'
start_controller
gone() { # NODE
	sinfo --noheader --nodes="$1" --format=%t | grep -q down
}
until gone n1 && gone n2; do sleep 0.2; done
diag "Slurm knows: after $((($(now) - began) / 100)) s"
rm "$gates/hold-n1" # it lives on, and grades the chunk that another one has been given
start_node n1
start_node n2
# What operators do, where a loaded machine made Slurm doubt a node or a task.
while kill -0 $pid 2> /dev/null; do
	for node in $(sinfo --noheader --Node --format='%N %t' 2> /dev/null | awk '$2 ~ /drain|drng/ { print $1 }'); do
		scontrol update NodeName="$node" State=RESUME
	done
	for task in $(squeue --noheader --array --format='%F_%K %r' 2> /dev/null | awk '/[Hh]eld/ { print $1 }'); do
		scontrol release "$task"
	done
	sleep 1
done
wait $pid
status=$?
command="with lost nodes"
diag "$(tail -n 3 err)"
while [ "$status" -eq 2 ] && [ "${again:=0}" -lt 3 ]; do
	again=$((again + 1))
	on_slurm class open/out > out 2> err
	status=$?
done
expect "at the end everything is graded" 0 "$(awk '/ graded: /' open/one.table)"
diag "the same command was given ${again:-0} times more; after $((($(now) - began) / 100)) s"
cp out table
same_as_one_machine open/out open/one table
twice=$(grep -c '^chunk ' open/out/engine/[0-9]*/log/[0-9]* | grep -vc ':1$')
# How many is a matter of when the nodes were lost: on a quick machine their chunks may have been through.
diag "$twice chunks were run twice, and none of it shows"
await has_idle 3
diag "three nodes again: after $((($(now) - began) / 100)) s"

# ---- a full disk; a hostile student ----

mkdir -p few/zz
cp "$WINDSOCK_TESTS/engines/finds-cluster.c" few/zz/server.c
sed -i "s|@WORK@|$work|g" few/zz/server.c
chmod -R a+rX few
mkdir small
mount -t tmpfs -o size=300k,mode=777 small small
on_slurm few small/out --chunk-size 10 > out 2> err
status=$?
command="on a full disk"
diag "$(tail -n 4 err)"
expect "a full disk: what is missing is told" 2 "not graded"
diag "a full disk: after $((($(now) - began) / 100)) s"
mount -o remount,size=100m small
on_slurm few small/out > out 2> err
status=$?
expect "a larger one: the same command grades the rest" 0 "41 graded"
diag "a larger one: after $((($(now) - began) / 100)) s"
cp out table
grade few open/few > open/few.table 2> err
that "and ends as on one machine" sh -c "sed 's|small/out|OUT|g' table > a; sed 's|open/few|OUT|g' open/few.table | cmp a -"
that "byte by byte" cmp open/few/results.csv small/out/results.csv
python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["cases"][0]["output"])' small/out/results/01-udp-server/zz.json > found
that "a student's program finds nothing of the cluster" sh -c 'grep -q "nothing" found || { cat found; false; }'
cc -w -o finds few/zz/server.c
printf '#!/bin/sh\nexec %s/finds\n' "$work" > finds.sh
as_user sbatch --wait --output="$work/open/found" finds.sh > out 2> err < /dev/null
that "which as a job of its own it does" sh -c "grep -q \"munge's socket\" open/found && grep -q 'sbatch takes a job' open/found"
as_user scancel --user="$user"
that "no job is left" await sh -c 'test -z "$(squeue --noheader)"'
umount small
stop_cluster
diag "took $((($(now) - began) / 100)) s"
finish
