# tap.sh - what the end-to-end tests share; sourced, not run.
#
#     . "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
#     need_lab
#     run "$WINDSOCK" list
#     expect "list names the lessons" 0 "01-udp-server" "!error"
#     finish
#
# Each expect is a line of TAP, and finish prints the plan: a script that dies half-way
# has none, which the driver reports. Tests run at the same time as others, on a loaded
# machine, as root or not: nothing here or in them sleeps to let something happen. Each
# command has a limit of two minutes, far above what any of them needs.

WINDSOCK=${WINDSOCK:-$PWD/windsock}
WINDSOCK_TESTS=${WINDSOCK_TESTS:-$(cd "$(dirname "$0")/.." && pwd)}
WINDSOCK_LESSONS=${WINDSOCK_LESSONS:-$(cd "$WINDSOCK_TESTS/../lessons" && pwd)}
export WINDSOCK WINDSOCK_TESTS WINDSOCK_LESSONS
CC=${CC:-cc}
export COLUMNS=100

count=0
failed=0
status=0
seconds=0
command=
work=$(mktemp -d "${TMPDIR:-/tmp}/windsock-test.XXXXXX") || exit 99
chmod 755 "$work"
trap 'chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$work" || exit 99

# ---- TAP ----

diag() { # TEXT... (or, without, what comes on standard input): a remark
	if [ $# -gt 0 ]; then printf '# %s\n' "$*"; else sed 's/^/# /'; fi
}

ok() { # WHAT
	count=$((count + 1))
	printf 'ok %d - %s\n' "$count" "$1"
}

not_ok() { # WHAT [WHY]: says what was run last, and what came of it
	count=$((count + 1))
	failed=$((failed + 1))
	printf 'not ok %d - %s\n' "$count" "$1"
	diag "${2:-}"
	diag "ran: $command"
	diag "exit status $status after $seconds s; output:"
	tail -n 60 out err | diag
}

skip() { # WHAT WHY
	count=$((count + 1))
	if [ -n "${WINDSOCK_MUST_RUN:-}" ]; then
		failed=$((failed + 1))
		printf 'not ok %d - %s: WINDSOCK_MUST_RUN is set, but %s\n' "$count" "$1" "$2"
	else
		printf 'ok %d - %s # SKIP %s\n' "$count" "$1" "$2"
	fi
}

not_here() { # WHAT WHY: what cannot be asked of this user by its nature: no test, and no skip
	diag "not for this user: $1: $2"
}
skip_all() { # WHY: this machine cannot run any of the script (TAP's word for exit status 77)
	if [ -n "${WINDSOCK_MUST_RUN:-}" ]; then
		printf 'Bail out! WINDSOCK_MUST_RUN is set, but %s\n' "$1"
		exit 99
	fi
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

finish() {
	printf '1..%d\n' "$count"
	exit 0
}

# ---- running and expecting ----

now() { # hundredths of a second
	read -r uptime _ < /proc/uptime
	echo "${uptime%.*}${uptime#*.}"
}

run_once() { # COMMAND [ARGUMENT...]
	command="$*"
	began=$(now)
	status=0
	(cd "${CDIR:-$work}" && exec timeout --foreground -k 5 120 "$@") > "$work/out" 2> "$work/err" < /dev/null ||
		status=$?
	seconds=$((($(now) - began) / 100))
}

# Runs it in $work or where CDIR says; sets status and seconds, fills out and err. A check that says that the machine was
# at fault, and to run it again, is run again, as a student would do; at most twice.
run() { # COMMAND [ARGUMENT...]
	for time in first second last; do
		run_once "$@"
		[ "$status" = 2 ] && has "that is not your fault. Run it again" && [ "$time" != last ] || return 0
		diag "run again: $command"
		diag < "$work/out"
	done
}

# What was printed, in one line: reports are wrapped, and where is nobody's business here.
printed() {
	cat "$work/out" "$work/err" | tr -s ' \n\t' '   ' | tr -s ' '
}

has() { # TEXT: whether it was printed, wrapped or not
	printed | grep -qF -e "$1"
}

# The status is that one (or one of those: "0 2"), and each TEXT was printed; with a ! before it: was not.
expect() { # WHAT STATUS [TEXT...]
	what=$1
	case " $2 " in
	*" $status "*) ;;
	*)
		not_ok "$what" "exit status $status; expected $2"
		return 1
		;;
	esac
	shift 2
	for text in "$@"; do
		case $text in
		!*)
			if has "${text#!}"; then
				not_ok "$what" "printed: ${text#!}"
				return 1
			fi
			;;
		*)
			if ! has "$text"; then
				not_ok "$what" "not printed: $text"
				return 1
			fi
			;;
		esac
	done
	ok "$what"
}

# As expect, and it took no longer than 20 s: the run's own limit is 5 s, the rest is for a loaded machine.
expect_soon() { # WHAT STATUS [TEXT...]
	if [ "$seconds" -ge 20 ]; then
		not_ok "$1" "took $seconds s"
		return 1
	fi
	expect "$@"
}

that() { # WHAT COMMAND [ARGUMENT...]: a line of TAP, by the command's exit status
	what=$1
	shift
	if "$@"; then ok "$what"; else not_ok "$what" "false: $*"; fi
}

# Polls until the command succeeds. 1: it did not within some 30 s.
await() { # COMMAND [ARGUMENT...]
	until=$(($(now) + 3000))
	while ! "$@" 2> /dev/null; do
		[ "$(now)" -lt "$until" ] || return 1
		sleep 0.02
	done
}

# ---- what many need ----

# Every so manyth line only, where WINDSOCK_SAMPLE says so: for a suite that is run again under other conditions.
some() {
	awk -v every="${WINDSOCK_SAMPLE:-1}" '(NR - 1) % every == 0'
}

have() { # COMMAND
	command -v "$1" > /dev/null 2>&1
}

# All points of lesson 01, which has a case with netcat.
most=10
! have nc.openbsd || most=11

# A workspace in $work/NAME with the lesson's skeletons.
workspace() { # LESSON NAME
	"$WINDSOCK" start "$1" "$work/$2" > "$work/out" 2> "$work/err" < /dev/null && return
	diag < "$work/err"
	echo "Bail out! windsock start $1 failed"
	exit 99
}

# A file of tests/lessons takes the place of a source in the workspace NAME.
fixture() { # LESSON KIND/FILE NAME SOURCE
	cp "$WINDSOCK_TESTS/lessons/$1/$2" "$work/$3/$4"
	chmod u+w "$work/$3/$4"
}

solve() { # LESSON NAME
	for file in "$WINDSOCK_TESTS/lessons/$1/solution"/*.c "$WINDSOCK_TESTS/lessons/$1/solution"/*.trace \
		"$WINDSOCK_TESTS/lessons/$1/solution"/*.nft; do
		[ ! -e "$file" ] || fixture "$1" "solution/${file##*/}" "$2" "${file##*/}"
	done
}

# Ends the script with a reason where windsock says that no lab can be had.
need_lab() {
	workspace 01-udp-server probe
	solve 01-udp-server probe
	run "$WINDSOCK" check --dir "$work/probe" --case one-question
	[ "$status" -ne 77 ] || skip_all "$(cat "$work/err")"
	rm -rf "$work/probe"
}
