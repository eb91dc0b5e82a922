# prove.sh - a lesson proves itself. Sourced by tests/lessons/NN-name.sh, which names it.
#
# A student's files are programs, traces or rules: what is said of programs here holds for all of them.
# The skeleton compiles without a warning and fails with the diagnosis that the lesson file
# announces; the solution passes 5 times of 5 (WINDSOCK_ROUNDS); every program of wrong/ fails with the id in
# its first line; every program of right/ passes; none of them compiles with a warning. All in one
# TAP stream, each test one line; "# K of N diagnosed" counts the wrong ones, and K < N fails.

lesson=$(basename "$0" .sh)
fixtures=$WINDSOCK_TESTS/lessons/$lesson
shipped=$WINDSOCK_LESSONS/$lesson
rounds=${WINDSOCK_ROUNDS:-5}
sample=${WINDSOCK_SAMPLE:-1} # every so manyth of the right and wrong ones only (as some() of e2e/tap.sh)
number=0
failures=0

work=$(mktemp -d "${TMPDIR:-/tmp}/windsock-$lesson.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' INT TERM

result() { # result STATUS NAME
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		failures=$((failures + 1))
		sed 's/^/# /' "$work/output"
	fi
}

# check_once FOLDER: by the engine of $capture, else libpcap; sets $status.
check_once() {
	"$WINDSOCK" check "$lesson" --dir "$1" --ascii --capture "${capture:-libpcap}" >"$work/output" 2>&1
	status=$?
}

# check_in FOLDER: runs the check; sets $status and $id (of the first wrong case). An inconclusive one is no verdict:
# it is told and repeated, as `windsock grade` does, twice at most.
check_in() {
	check_once "$1"
	for repetition in 1 2; do
		[ $status -eq 2 ] || break
		echo "# inconclusive, repeated: ${1##*/}"
		sed 's/^/#   /' "$work/output"
		check_once "$1"
	done
	id=$(sed -n 's/.*\[\([a-z-]*\)\]$/\1/p' "$work/output" | head -n 1)
	if [ $status -eq 77 ]; then
		if [ -n "$WINDSOCK_MUST_RUN" ]; then
			echo "Bail out! $(tail -n 1 "$work/output")"
			exit 99
		fi
		echo "1..0 # SKIP $(tail -n 1 "$work/output")"
		exit 77
	fi
}

# copy_files FROM TO: programs, traces and rules, as far as there are any.
copy_files() {
	for file in "$1"/*.c "$1"/*.trace "$1"/*.nft; do
		[ ! -e "$file" ] || { cp "$file" "$2/" && chmod u+w "$2/${file##*/}"; } || exit 99
	done
}

# fresh NAME: a folder with the skeletons.
fresh() {
	mkdir "$work/$1" && copy_files "$shipped" "$work/$1"
}

some() {
	awk -v every="$sample" '(NR - 1) % every == 0'
}

# each_of KIND: the files of the fixtures' right/ or wrong/.
each_of() {
	for file in "$fixtures/$1"/*.c "$fixtures/$1"/*.trace "$fixtures/$1"/*.nft; do
		[ ! -e "$file" ] || echo "$file"
	done
}

# name_of FILE: without its folder and its ending.
name_of() {
	name=${1##*/}
	echo "${name%.*}"
}

# first_line FILE WORD: "SOURCE ID" of the line that says which source it replaces: in C behind "/*", else behind "#".
first_line() {
	sed -n "1s|^[/#][*]* $2: \\([a-z_]*\\.[a-z]*\\)\\( -> \\([a-z-]*\\)\\)\\{0,1\\}.*|\\1 \\3|p" "$1"
}

# The skeleton under tcpdump; the solution under both at once, which must see the same packets.
fresh skeleton
capture=tcpdump
check_in "$work/skeleton"
expected=$(sed -n 's/^skeleton fails //p' "$shipped/lesson")
[ $status -eq 1 ] && [ "$id" = "$expected" ]
result $? "the skeleton fails with $expected (got ${id:-nothing}, status $status)"
! grep -q 'warning:' "$work/output"
result $? "the skeleton compiles without a warning"
grep -q 'meant to fail' "$work/output"
result $? "the unedited skeleton says that it is meant to fail"

fresh solution
copy_files "$fixtures/solution" "$work/solution"
capture=both
round=0
passed=0
while [ $round -lt "$rounds" ]; do
	round=$((round + 1))
	check_in "$work/solution"
	[ $status -eq 0 ] || break
	passed=$round
done
[ $passed -eq "$rounds" ]
result $? "the solution passes $passed of $rounds, and tcpdump and libpcap see the same packets"
capture=

for program in $(each_of right | some); do
	name=$(name_of "$program")
	fresh "right-$name"
	copy_files "$fixtures/solution" "$work/right-$name"
	set -- $(first_line "$program" right)
	cp "$program" "$work/right-$name/$1"
	check_in "$work/right-$name"
	[ $status -eq 0 ] && ! grep -q 'warning:' "$work/output"
	result $? "right: $name passes, without a warning"
done

wrong=0
diagnosed=0
for program in $(each_of wrong | some); do
	name=$(name_of "$program")
	fresh "wrong-$name"
	copy_files "$fixtures/solution" "$work/wrong-$name"
	set -- $(first_line "$program" wrong)
	cp "$program" "$work/wrong-$name/$1"
	check_in "$work/wrong-$name"
	wrong=$((wrong + 1))
	[ $status -eq 1 ] && [ -n "$2" ] && [ "$id" = "$2" ] && ! grep -q 'warning:' "$work/output"
	told=$?
	[ $told -ne 0 ] || diagnosed=$((diagnosed + 1))
	result $told "wrong: $name fails with ${2:-?}, without a warning (got ${id:-nothing}, status $status)"
done
echo "# $diagnosed of $wrong diagnosed"

echo "1..$number"
[ $failures -eq 0 ]
