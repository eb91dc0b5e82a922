#!/bin/sh
# Traces and rules that a student writes beside programs: judged by what they say of a run, told like a compiler's
# errors where they cannot be read, and never followed out of his folder.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

lesson=50-say-it
mkdir -p lessons/$lesson/traces
export WINDSOCK_LESSONS="$work/lessons"
cp "$WINDSOCK_TESTS/lessons/01-udp-server/solution/server.c" lessons/$lesson/good.c
cp "$WINDSOCK_TESTS/lessons/01-udp-server/wrong/echo.c" lessons/$lesson/bad.c
cp "$WINDSOCK_TESTS/lessons/01-udp-server/solution/server.c" lessons/$lesson/server.c
chmod -R u+w lessons
echo "# Say it" > lessons/$lesson/README.md
echo "# Hints" > lessons/$lesson/hints.md
cat > lessons/$lesson/lesson << 'END'
lesson 50-say-it
title "Say it"
idea "A test says what is right, and what is wrong."
begin "Open mine.trace at TODO(1)."
host a
host b
link a.eth0 10.0.0.1/24 -- b.eth0 10.0.0.2/24
program good given good.c
program bad given bad.c
program server student server.c
param port 7777 port
param question "from B" text
param answer "thanks" text
case passes 2 points
    title "A right program passes"
    trace traces/play.trace
    watch a.eth0
    accepts mine.trace
    run a good {a} {port} {answer}
    play b
    wait b
case fails 2 points
    title "A wrong program does not"
    trace traces/play.trace
    watch a.eth0
    rejects mine.trace
    run a bad {a} {port} {answer}
    play b
    wait b
case pictured 1 point
    title "What is seen"
    trace traces/play.trace
    watch a.eth0
    predict picture.trace
    run a server {a} {port} {answer}
    play b
    wait b
END
cat > lessons/$lesson/traces/play.trace << 'END'
udp b:$b => a:{port}
    -> "{question}"
    <- "{answer}"
END
loose='udp b:$b => a:{port}
    -> "{question}"
    <- 6 bytes'
exact='udp b:$b => a:{port}
    -> "{question}"
    <- "{answer}"'
strict='udp b:$b => a:{port}
    -> "{question}"
    <- "{answer}" within 1 us'
printf '# TODO(1): say what the server answers.\n%s\n' "$loose" > lessons/$lesson/mine.trace
printf '# TODO(1): draw it.\nudp b:$b => a:{port}\n    -> "{question}"\n' > lessons/$lesson/picture.trace
workspace 50 mine
that "start brings the traces along" test -f mine/mine.trace -a -f mine/picture.trace

mine() { # TEXT
	printf '%s\n' "$1" > mine/mine.trace
}

picture() { # TEXT
	printf '%s\n' "$1" > mine/picture.trace
}

check() {
	run "$WINDSOCK" check --dir mine "$@"
}

# ---- accepts, rejects ----

check
expect "as it came: too loose, and nothing about the picture" 1 "still the lesson's unfinished" \
	"Your trace lets this program pass, and it should not." "[trace-too-loose]" "3 of 5 points" "!Your picture"
mine "$exact"
check
expect "a trace that tells them apart" 0 "5 of 5 points" "!Your trace"
run "$WINDSOCK" show --dir mine
expect "show says the same later" 0 "(fails, 2 of 2 points)"
kept=$(ls -d mine/.windsock/last/*/student.trace | head -1)
sed -i 's/a/b/' "$kept"
run "$WINDSOCK" show --dir mine
expect "a trace that was changed where it is kept is not taken for his" 2 "$kept" "not as the run left it" "windsock check"
rm "$kept"
run "$WINDSOCK" show --dir mine
expect "nor is one that is gone" 2 "$kept" "windsock check"
mine "$strict"
check
expect "a trace that is too strict: where" 1 "Your trace turns this program down, and it should not: line 3 of mine.trace" \
	"[trace-too-strict]" "mine.trace:3" "(fails, 2 of 2 points)" "3 of 5 points"
mine "$exact
never udp *:* => b:*"
check --case passes
expect "more that holds does no harm" 0 "(passes, 2 of 2 points)"
mine 'never tcp *:* => b:*'
check --case passes
expect "a flow that the trace does not have is said" 1 'no line of mine.trace has the flow "udp b:' "[trace-too-strict]"

# ---- what cannot be read ----

mine "upd b => a:7"
check
expect "a slip is told once, like a compiler's, and nothing is run" 1 'mine.trace:1:1: ' 'did you mean "udp"' \
	"[trace-not-readable]" "!points"
that "once" test "$(grep -c trace-not-readable out)" = 1
mine 'udp c:$c => a:7'
check --case passes
expect "a host that is not there" 1 'mine.trace:1:1: ' 'no host "c"' "[trace-not-readable]"
mine 'udp b:$b => a:{prt}'
check --case fails
expect "a parameter that is not there: a wrong trace does not reject" 1 "mine.trace:1" "[trace-not-readable]"
mine 'at b.eth0
udp b:$b => a:7'
check --case fails
expect "an interface that nobody watches" 1 "mine.trace:" "[trace-not-readable]"
mine ''
check
expect "an empty trace" 1 "mine.trace:" "[trace-not-readable]"
rm mine/mine.trace
check
expect "a missing trace" 1 "mine.trace: is not there: \`windsock reset mine.trace\`" "[trace-not-readable]"
ln -s "$work/mine/picture.trace" mine/mine.trace
check
expect "a symbolic link" 1 "mine.trace: is a symbolic link"
rm mine/mine.trace
mkfifo mine/mine.trace
check
expect_soon "a pipe is not waited for" 1 "mine.trace: is not a file"
rm mine/mine.trace
mkdir mine/mine.trace
check
expect "a folder" 1 "mine.trace: is not a file"
rmdir mine/mine.trace
head -c 70000 /dev/zero > mine/mine.trace
check
expect "a huge one" 1 "mine.trace: is longer than 65536 bytes"

# ---- predict ----

mine "$exact"
picture "$exact"
check --case pictured
expect "a picture that is right" 0 "(pictured, 1 of 1 point)" "Your picture: right." "1 of 1 points"
picture "$loose"'
    <- "again"'
check --case pictured
expect "a right program, a wrong picture: no points are lost" 0 "1 of 1 points" \
	'Your program is right, your picture of it is not: line 4 of picture.trace, "<- "again""'
picture "upd"
check --case pictured
expect "a picture that cannot be read" 0 "Your picture cannot be read: picture.trace:1:1:" 'did you mean "udp"'
rm mine/picture.trace
check --case pictured
expect "no picture" 0 "Your picture cannot be read: picture.trace: is not there" "1 of 1 points"
cp lessons/$lesson/bad.c mine/server.c
picture 'udp b:$b => a:{port}
    -> "{question}"
    <- "{question}"'
check --case pictured
expect "a wrong program, foreseen" 1 "[echoed]" "Your picture: right." "0 of 1 points"
picture "$exact"
check --case pictured
expect "a wrong program, not foreseen" 1 "[echoed]" "Your picture is not what was seen: line 3 of picture.trace"

# ---- rules ----

cp lessons/$lesson/good.c mine/server.c
picture "$exact"
sed -i 's/^case pictured/rules a student fw.nft\n&/' lessons/$lesson/lesson
check --case pictured
expect "rules that are not there" 1 "fw.nft: is not there" "nothing to run yet" "!points"
printf 'table ip x {\n\tinclude "/etc/passwd"\n}\n' > mine/fw.nft
check --case pictured
expect "rules that would read another file" 1 "fw.nft:2:2: rules name no other file" "!root:"
printf 'flush ruleset\n' > mine/fw.nft
check --case pictured
expect "rules that would take the lab's away" 1 "fw.nft:1:1:" "made new for every run"
ln -sf /etc/passwd mine/fw.nft
check --case pictured
expect "rules by a link" 1 "fw.nft: is a symbolic link" "!root:"
rm mine/fw.nft
printf 'table ip x {\n\tchain y { type filter hok input priority 0; }\n}\n' > mine/fw.nft
check --case pictured
expect "rules that nft does not understand" 1 "fw.nft:2" "nothing to run yet"
printf 'table ip x {\n\tchain y { type filter hook input priority 0; udp dport 7777 accept; }\n}\n' > mine/fw.nft
check --case pictured
expect "rules that let the question in" 0 "1 of 1 points"
printf 'table ip x {\n\tchain y { type filter hook input priority 0; policy drop; }\n}\n' > mine/fw.nft
check --case pictured
expect "rules that do not" 1 "0 of 1 points"
# ---- what comes with the sources is not ours ----

mkdir came victim
cp lessons/$lesson/good.c came/server.c
touch victim/kept
for link in .windsock .windsock/last .windsock/last/passes .windsock/build; do
	rm -rf came/.windsock
	mkdir -p "came/$(dirname $link)"
	ln -s "$PWD/victim" came/$link
	run "$WINDSOCK" check $lesson --dir came
	expect "$link is a link" 2 "$link: is a symbolic link" "remove the link"
	that "and nobody's files are touched" test "$(ls victim)" = kept
done
rm -rf came/.windsock
mkdir other
cp lessons/$lesson/bad.c other/server.c
cp mine/picture.trace came/
cp mine/picture.trace other/
printf 'table ip x {\n}\n' | tee came/fw.nft > other/fw.nft
run "$WINDSOCK" check $lesson --dir came --case pictured
expect "a right program of the student's" 0
run "$WINDSOCK" check $lesson --dir other --case pictured
expect "a wrong one" 1 "[echoed]"
# The wrong source with the program of the right one, and a key that fits: the hash of the source, from the one's key,
# and of the program, from the other's.
cp came/.windsock/build/server other/.windsock/build/server
head -n 1 other/.windsock/build/server.key > key
tail -n 1 came/.windsock/build/server.key >> key
cp key other/.windsock/build/server.key
run "$WINDSOCK" check $lesson --dir other --case pictured
expect "a program that came with the sources is not run" 1 "[echoed]"
finish
