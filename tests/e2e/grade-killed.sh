#!/bin/sh
# windsock grade killed at any moment, twice at the same time, without a compiler, on a full disk: nothing is lost.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
have python3 || skip_all "python3 is not installed"
need_lab

students=12
rounds=${WINDSOCK_ROUNDS:-6}
head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' > key
python3 "$WINDSOCK_TESTS/e2e/make_class.py" folders class $students

grade() { # OUT ARGUMENT...
	out=$1
	shift
	run "$WINDSOCK" grade class --lessons 01 --out "$out" --key key "$@"
}

records() { # OUT: how many there are
	ls "$1/results/01-udp-server" 2> /dev/null | wc -l
}

has_records() { # OUT COUNT
	[ "$(records "$1")" -ge "$2" ]
}

stamps() { # OUT: of each record what a second writing would change
	stat -c '%n %i %Y %y' "$1"/results/01-udp-server/*.json 2> /dev/null
}

# Without what differs from run to run: times, and numbers that the kernel chose.
undated() { # OUT
	python3 - "$1" << 'P'
import glob, json, re, sys
for name in sorted(glob.glob(sys.argv[1] + "/results/01-udp-server/*.json")):
    r = json.load(open(name))
    for key in ("started", "duration_us", "node", "kernel", "machine", "compiler_version", "sha256"):
        del r[key]
    for c in r["cases"]:
        for key in ("duration_us", "attempts", "output", "calls", "picture", "picture_ansi", "picture_svg"):
            del c[key]
    # Ports that the kernel chose: 32768 to 60999; a lesson's own are below.
    print(re.sub(r"\b(3[2-9]|4[0-9]|5[0-9]|60)[0-9]{3}\b", "PORT", json.dumps(r, sort_keys=True)))
P
}

grade undisturbed
expect "undisturbed" 0 "$students graded"
undated undisturbed > wanted

round=0
while [ $round -lt "$rounds" ]; do
	rm -rf graded
	at=$((round * students / rounds))
	kills=0
	while :; do
		"$WINDSOCK" grade class --lessons 01 --out graded --key key > killed.out 2> killed.err &
		pid=$!
		if await has_records graded "$at" && [ "$kills" -lt 3 ] && [ "$at" -lt $students ]; then
			kill -9 $pid 2> /dev/null
			wait $pid 2> /dev/null
			kills=$((kills + 1))
			at=$((at + 2))
			stamps graded > "kept"
		else
			wait $pid
			status=$?
			break
		fi
	done
	stamps graded > now
	command="round $round, $kills kills"
	that "killed $kills times from record $((round * students / rounds)) on: the end is status 0" test "$status" = 0
	that "what was done is kept" sh -c '! grep -vxFf now kept'
	that "nothing is left of the killed" sh -c '! find graded -name "*.tmp" | grep . && ! ls graded/work | grep .'
	undated graded > got
	that "the end is as undisturbed" cmp wanted got
	that "the gradebook, byte by byte" cmp undisturbed/results.csv graded/results.csv
	round=$((round + 1))
done

# ---- two at a time ----

rm -rf graded
"$WINDSOCK" grade class --lessons 01 --out graded --key key --jobs 1 > first.out 2> first.err &
pid=$!
await has_records graded 1
grade graded
expect "a second grader is told who works there" 2 "another windsock grade works here: process $pid" "--out"
wait $pid
that "and the first is not disturbed" test $? = 0
undated graded > got
that "its end is as undisturbed" cmp wanted got
run env TERM=dumb "$WINDSOCK" grade class --lessons 01 --out graded --key key --jobs 64
expect "more jobs than units" 0 "$students graded"

# ---- the machine's fault ----

rm -rf graded
run env CC="$work/no-such-compiler" "$WINDSOCK" grade class --lessons 01 --out graded --key key --retries 1
expect "without a compiler nobody fails" 2 "could not be judged" "nobody's fail"
python3 -c 'import glob, json
print(sorted({json.load(open(n))["status"] for n in glob.glob("graded/results/01-udp-server/*.json")}))' > statuses
# What is not there or empty needs no compiler to be told.
that "but is inconclusive" test "$(cat statuses)" = "['error', 'inconclusive']"
that "and has no points in the gradebook" grep -q '^s00,inconclusive,' graded/results.csv
grade graded
expect "with one they are graded" 0 "$students graded" "!could not be judged"
undated graded > got
that "as if nothing had been" cmp wanted got

# ---- a full disk ----

full() { # SIZE: a grade on a disk of that size, then on the same one made larger
	unshare -m sh -c 'mkdir -p small && mount -t tmpfs -o size='"$1"',mode=755 small small || exit 99
		"$WINDSOCK" grade class --lessons 01 --out small/out --key key > out 2> err; echo "status $?" >> err
		ls small/out/results/01-udp-server > before 2> /dev/null
		for f in small/out/results/01-udp-server/*.json; do [ -e "$f" ] || continue; python3 -m json.tool "$f" > /dev/null || echo torn >> err; done
		mount -o remount,size=200m small || exit 99
		"$WINDSOCK" grade class --lessons 01 --out small/out --key key >> out 2>> err; echo "then $?" >> err
		cp small/out/results.csv full.csv'
}
if [ "$(id -u)" = 0 ] && unshare -m true 2> /dev/null; then
	for size in 100k 200k 300k; do
		command="a disk of $size"
		full $size
		that "a disk of $size: it stops, and says why" sh -c 'grep -q "status 2" err && grep -q "No space left on device\|disk is full" err && ! grep torn err'
		that "then goes on where it was" grep -q "then 0" err
		that "and ends as undisturbed" cmp undisturbed/results.csv full.csv
	done
else
	not_here "a full disk" "it takes a file system of its own"
fi
finish
