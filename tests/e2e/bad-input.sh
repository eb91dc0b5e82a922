#!/bin/sh
# Wrong words, damaged lessons, damaged evidence, places that cannot be written: each is
# told with its name and what to do, and none of it is called the student's fault.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

lesson=01-udp-server
workspace $lesson mine
solve $lesson mine
run "$WINDSOCK" check --dir mine
expect "a right program in a workspace, to begin with" 0 "$most of $most points"
cp -r mine/.windsock good

# ---- the command line ----

run "$WINDSOCK"
expect "no command: the usage" 2 "windsock list" "windsock check" "Exit status"
run "$WINDSOCK" --help
expect "help is asked for: not an error" 0 "windsock check"
run "$WINDSOCK" check -h
expect "also of a command, and in short" 0 "windsock check [LESSON]" "--seed WORD"
HOME=/proc/nowhere XDG_CACHE_HOME='' run "$WINDSOCK" demo
expect "a home that cannot be written to: where else" 2 "/proc/nowhere" "XDG_CACHE_HOME=DIR"
run "$WINDSOCK" --version
expect "so is the version" 0 "windsock "
run "$WINDSOCK" chekc
expect "an unknown command is quoted" 2 '"chekc"' "windsock help"
run "$WINDSOCK" check --nonsense
expect "an unknown option is quoted" 2 "--nonsense" "usage: windsock check"
run "$WINDSOCK" check 1 2
expect "a second lesson" 2 '"2"' "usage: windsock check"
run "$WINDSOCK" check 99
expect "an unknown lesson" 2 '"99"' $lesson
run "$WINDSOCK" check ''
expect "an empty name" 2 $lesson
run "$WINDSOCK" check $lesson --case nope
expect "an unknown case: says which there are" 2 '"nope"' "one-question, two-clients, ask-again"
run "$WINDSOCK" check $lesson --dir nowhere
expect "a folder that is not there" 2 "nowhere"
run "$WINDSOCK" start
expect "start without a lesson" 2 "windsock list" "usage: windsock start"
run "$WINDSOCK" start 1 2 3
expect "start with too much" 2 "usage: windsock start"
run "$WINDSOCK" list all
expect "list with too much" 2 '"all"'
run "$WINDSOCK" show one two
expect "show with too much" 2 '"two"'

# ---- a damaged lesson ----

cp -r "$WINDSOCK_LESSONS" lessons
chmod -R u+w lessons
file=lessons/$lesson/lesson
trace=lessons/$lesson/traces/one-question.trace
original=$WINDSOCK_LESSONS/$lesson
export WINDSOCK_LESSONS="$work/lessons"

lesson_with() { # SED WHAT TEXT...: the lesson file damaged so is refused, with these texts
	sed "$1" "$original/lesson" > $file
	what=$2
	shift 2
	run "$WINDSOCK" check --dir mine
	expect "a lesson: $what" 2 "$@"
}

trace_with() { # SED WHAT TEXT...
	sed "$1" "$original/traces/one-question.trace" > $trace
	what=$2
	shift 2
	run "$WINDSOCK" check --dir mine
	expect "a trace: $what" 2 "$@"
}

line() { # FILE TEXT: the number of the first line that holds it
	grep -nF -e "$2" "$original/$1" | head -n 1 | cut -d : -f 1
}

here=$WINDSOCK_LESSONS/$lesson/lesson
lesson_with 's/^host b/hsot b/' "a wrong word" "$here:$(line lesson 'host b'):1:" '"hsot"' 'did you mean "host"'
lesson_with 's/10\.0\.0\.2/10.0.0.256/' "no address" "$here:$(line lesson 10.0.0.2):13:" '"10.0.0.256/24"' "such as"
lesson_with 's/watch a.eth0/watch a.eth9/' "no such interface" "$here:$(line lesson 'watch a'):" '"eth9"'
lesson_with 's/run a server/run a sever/' "no such program" "$here:$(line lesson 'run a'):" '"sever"' '"server"'
lesson_with 's/run a server {a} {port}/run a server {a} {prot}/' "no such parameter" \
	"$here:$(line lesson 'run a'):" '"prot"' '"port"'
lesson_with 's/4 points/four points/' "points that are no number" "$here:$(line lesson '4 points'):" '"four"' "points"
lesson_with 's/^title "Someone must bind"/title "Someone must bind/' "a string without end" "$here:3:" "no end"
lesson_with 's/^param port 7777/param port 77777/' "a port too high" "$here:$(line lesson 'param port'):" \
	'"77777"' "65535"
lesson_with '/^lesson /d' "without its first word" "$here:2:1:" "expected lesson"
lesson_with '1,$d' "empty" "$here:" "empty"
printf '\377\376\200\201' > $file
run "$WINDSOCK" check --dir mine
expect "a lesson: noise" 2 "$here:1:"
run "$WINDSOCK" list
expect "list names the damaged one" 2 "$here:1:"
rm $file
mkdir $file
run "$WINDSOCK" check --dir mine
expect "a lesson: a folder in its place is no lesson at all" 2 "no lesson" 02-udp-client-port
rmdir $file
cp "$original/lesson" $file

udp=$(line traces/one-question.trace 'udp b')
there=traces/one-question.trace
trace_with 's/^udp/upd/' "a wrong word" "$there:$udp:1:" '"upd"' '"udp"'
trace_with 's/=>/->/' "a wrong arrow" "$there:$udp:10:" '"->"' '"=>"'
trace_with 's/{answer}"/{answer}/' "a string without end" "$there:$((udp + 2)):" "no end"
trace_with 's/{question}/{qestion}/' "no such parameter" "$there:$((udp + 1)):" "qestion"
trace_with 's/a:{port}/z:{port}/' "no such host" "$there:$udp:" '"z"'
trace_with 's/a:{port}/a:{answer}/' "a port that is none" "$there:$udp:" "answer"
trace_with '1,$d' "empty" "$there:" "empty"
rm $trace
run "$WINDSOCK" check --dir mine
expect "a trace: missing" 2 "$here:$(line lesson 'case one-question'):" "$there, which is not there" "windsock record"
cp "$original/traces/one-question.trace" $trace
run "$WINDSOCK" check --dir mine
expect "mended, it is as before" 0 "$most of $most points"

WINDSOCK_LESSONS=$work/nowhere run "$WINDSOCK" list
expect "no lessons where they should be" 2 "$work/nowhere" WINDSOCK_LESSONS
mkdir none
WINDSOCK_LESSONS=$work/none run "$WINDSOCK" check 1
expect "an empty folder of lessons" 2 "There are: none"

# ---- damaged evidence ----

evidence=mine/.windsock/last/one-question

show_with() { # WHAT TEXT...: after the damage, show says so; then all is as before
	what=$1
	shift
	run "$WINDSOCK" show --dir mine one-question
	expect "evidence: $what" 2 "$@"
	rm -rf mine/.windsock
	cp -r good mine/.windsock
}

run "$WINDSOCK" show --dir mine one-question
expect "evidence: whole" 0 "from B"
truncate -s 200 $evidence/run.json
show_with "a record cut off" "$evidence/run.json" "windsock check"
: > $evidence/run.json
show_with "an empty record" "$evidence/run.json" "windsock check"
echo '{"windsock_evidence": 999}' > $evidence/run.json
show_with "a record of another time" "$evidence/run.json" "windsock check"
sed 's/"milliseconds": /&1/' good/last/one-question/run.json > $evidence/run.json
show_with "a record with another number" "$evidence/run.json" "not as the run left it" "windsock check"
without_seal() { sed -e "$1" -e '/^ "sha256"/d' -e 's/^\( "calls_note".*\),$/\1/' good/last/one-question/run.json; }
without_seal 's/a\.eth0\.pcap/..\/..\/..\/server.c/' > $evidence/run.json
show_with "a record that points elsewhere" "$evidence/run.json" "windsock check"
without_seal 's/"case": "one-question"/"case": "two-questions"/' > $evidence/run.json
show_with "a record of another lesson's case" "two-questions" "windsock check"
truncate -s -10 $evidence/a.eth0.pcap
show_with "a capture cut off" "$evidence/a.eth0.pcap" "windsock check"
truncate -s 10 $evidence/a.eth0.pcap
show_with "a capture's head alone" "$evidence/a.eth0.pcap" "windsock check"
LC_ALL=C sed 's/from B/from C/' good/last/one-question/a.eth0.pcap > $evidence/a.eth0.pcap
show_with "a capture with another byte" "$evidence/a.eth0.pcap" "not as the run left it" "windsock check" "!from C"
: > $evidence/a.eth0.pcap
show_with "an empty capture" "$evidence/a.eth0.pcap" "windsock check"
head -c 500 /dev/urandom > $evidence/a.eth0.pcap
show_with "a capture of noise" "$evidence/a.eth0.pcap" "windsock check"
rm $evidence/a.eth0.pcap
show_with "no capture" "$evidence/a.eth0.pcap" "windsock check"
rm -r $evidence
show_with "no folder" "windsock check"
rm -r mine/.windsock/last
show_with "no folders at all" "windsock check"
echo 99-teapots > mine/.windsock/lesson
show_with "a workspace of an unknown lesson" '"99-teapots"' $lesson
: > mine/.windsock/lesson
show_with "a workspace that forgot its lesson" "which lesson"
truncate -s 200 $evidence/run.json
: > $evidence/a.eth0.pcap
echo damaged > mine/.windsock/build/server.key
echo damaged > mine/.windsock/result
run "$WINDSOCK" check --dir mine
expect "check does not mind what an earlier one left" 0 "$most of $most points"

# ---- where nothing can be written, compiled, printed ----

rm mine/server.c
run "$WINDSOCK" check --dir mine
expect "a source that is gone" 2 "server.c is not there" "windsock reset server.c"
mkdir mine/server.c
run "$WINDSOCK" check --dir mine
expect "a folder in its place" 2 "server.c"
rmdir mine/server.c
solve $lesson mine

echo "/* changed */" >> mine/server.c
CC=/nonexistent run "$WINDSOCK" check --dir mine
expect "no C compiler" 77 '"/nonexistent"' "apt-get install gcc"
printf '#!/bin/sh\necho "cc: fatal error: cannot execute cc1: execvp: No such file or directory" >&2\nexit 1\n' > broken-cc
chmod 755 broken-cc
CC=$work/broken-cc run "$WINDSOCK" check --dir mine
expect "a compiler without its parts is not the student's fault" 2 "not your fault"
cat > crowded-cc << 'END'
#!/bin/sh
case "$*" in *probe.c*) exec cc "$@" ;; esac
echo "cc: fatal error: cannot execute 'cc1': vfork: Resource temporarily unavailable" >&2
exit 1
END
chmod 755 crowded-cc
CC=$work/crowded-cc run prlimit --nproc=1000 "$WINDSOCK" check --dir mine
expect "nor is a compiler that has no room now and then" 2 "ulimit -u is 1000"

sh -c '"$0" check --dir mine > /dev/full' "$WINDSOCK" 2> err
status=$?
that "a full disk as standard output: 2 for check" test $status -eq 2
that "it says so" grep -q "standard output: No space" err
for command in list "show --dir mine" "start 2 new"; do
	# shellcheck disable=SC2086
	(cd "$work" && "$WINDSOCK" $command > /dev/full 2> err)
	status=$?
	that "and 2 for $command" test $status -eq 2
done
"$WINDSOCK" check --dir mine >&- 2> err
status=$?
that "a closed standard output: 2" test $status -eq 2
"$WINDSOCK" check --dir mine > out 2>&- <&-
status=$?
that "closed input and errors do not matter" test $status -eq 0
"$WINDSOCK" check --dir mine 2> err | true
that "a reader that has gone is no trouble" test ! -s err

if [ "$(id -u)" -eq 0 ]; then
	not_here "a workspace that cannot be written to" "root writes everywhere"
	not_here "a folder in which nothing can be started" "root writes everywhere"
else
	workspace $lesson readonly
	chmod -R a-w readonly
	run "$WINDSOCK" check --dir readonly
	expect "a workspace that cannot be written to" 2 "readonly" "Permission denied"
	mkdir sealed
	chmod a-w sealed
	CDIR=$work/sealed run "$WINDSOCK" start $lesson
	expect "a folder in which nothing can be started" 2 "$lesson" "Permission denied"
fi

finish
