#!/bin/sh
# The first process of the virtual machine, in the root of the machine outside: works off the list of jobs, tells their
# exit status and what they printed, and turns the machine off. Run by tests/vm/init; kernel.sh tells the whole.
exec > /run/logs/console 2>&1 < /dev/null
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C.UTF-8
export PATH LC_ALL
logs=/run/logs

off() {
	sync
	echo o > /proc/sysrq-trigger
	while :; do sleep 1; done # until it is off
}
trap off EXIT

uname -a > $logs/began
# shellcheck disable=SC2046 # words
export $(cat $logs/settings)
PATH=$build:$PATH
hostname windsock-vm
ip link set lo up
cat /proc/self/mounts /proc/meminfo
# Somebody who is nobody else, and owns nothing.
grep -q '^vmstudent:' /etc/passwd || echo 'vmstudent:x:4242:4242::/home/vmstudent:/bin/sh' >> /etc/passwd
grep -q '^vmstudent:' /etc/group || echo 'vmstudent:x:4242:' >> /etc/group
mkdir -p /home/vmstudent
chown 4242:4242 /home/vmstudent
chmod 1777 /tmp

as() { # WHO COMMAND...
	who=$1
	shift
	case $who in
	root) HOME=/root "$@" ;;
	*) HOME=/home/vmstudent USER=vmstudent setpriv --reuid=4242 --regid=4242 --clear-groups "$@" ;;
	esac
}

set_all() { # NAME=VALUE,...: what it was before is printed
	for setting in $(echo "$1" | tr , ' '); do
		name=${setting%%=*}
		printf '%s=%s\n' "$name" "$(sysctl -n "$name")"
		sysctl -q -w "$setting" >&2
	done
}

# How many lines of the log are like that, if it speaks TAP; without a plan it does not.
tap() {
	if grep -q '^1\.\.[1-9]' "$log"; then grep -c "$1" "$log"; else echo 0; fi
}

# A whole script that was left out says so in its plan.
skipped() {
	! grep -q '^1\.\.0 # SKIP' "$log" || echo skip:
}

number=0
cd "$build" || exit 99
while read -r who condition job; do
	number=$((number + 1))
	log=$logs/$(printf '%03d' $number).log
	before=
	[ "$condition" = - ] || before=$(set_all "$condition")
	read -r began _ < /proc/uptime
	case $job in
	*.sh) line="/bin/sh $srcdir/$job" place=$build ;;
	tests/*) line=$build/$job place=$build ;;
	*) line=$(echo "$job" | tr + ' ') place= ;; # at home
	esac
	# As automake runs them: with tests/environment.sh, in the build's folder.
	# shellcheck disable=SC2086,SC2016 # words; for the shell that is started
	as "$who" timeout -k 10 3600 sh -c '. "$srcdir/tests/environment.sh"
		cd "${0:-$HOME}" && exec "$@"' "$place" $line > "$log" 2>&1 < /dev/null
	status=$?
	read -r ended _ < /proc/uptime
	for setting in $before; do sysctl -q -w "$setting"; done
	printf '%s %s %s %d %d %d %d %d %s\n' "$who" "$condition" "$job" $status \
		"$(tap '^ok ')" "$(tap '^not ok ')" "$(tap '^ok .* # SKIP')" \
		$((${ended%.*} - ${began%.*})) "$(skipped)$(basename "$log")" >> $logs/results
done < $logs/jobs
touch $logs/ended
exit 0
