#!/bin/sh
# windsock grade: a class of 20 in every layout, what is odd about submissions, bad input of every kind.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
have python3 || skip_all "python3 is not installed"
need_lab

record() { # OUT STUDENT PYTHON: what the expression on the record r says
	python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$1/results/01-udp-server/$2.json" "$3"
}

says() { # WHAT OUT STUDENT PYTHON: it is true
	command="record $2 $3: $4"
	if [ "$(record "$2" "$3" "$4" 2> err)" = True ]; then ok "$1"; else not_ok "$1" "record: $(cat "$2/results/01-udp-server/$3.json")"; fi
}

points() { # OUT: the points of the class, in the students' order
	tr -d '\r' < "$1/results.csv" | cut -d, -f2 | tail -n +2
}

same_points() { # LAYOUT: its class has the points of the first; else who has not, and why
	points "out-$1" > got
	if cmp -s wanted got; then
		ok "$1: the same points"
	else
		not_ok "$1: the same points" "wanted, got: $(paste -d, wanted got | tr '\n' ' ')"
		grep -H -E '"(seed|status|diagnosis|observed|reason)"' "out-$1"/results/01-udp-server/*.json | diag
	fi
}

grade() { # NAME ARGUMENT...: class-NAME into out-NAME
	name=$1
	shift
	run "$WINDSOCK" grade "class-$name" --lessons 01 --out "out-$name" --key key --course nets "$@"
}

head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' > key

# ---- layouts ----

python3 "$WINDSOCK_TESTS/e2e/make_class.py" folders class-folders
grade folders
expect "a folder a student" 0 "20 students (a folder a student)" "20 of 20 graded" "20 graded"
that "what went wrong is counted in words, the most frequent first" \
	test "$(sed -n '/^What went wrong/,/^$/s/^ *\([0-9][0-9]*\) .*/\1/p' out | sort -nrc && echo sorted)" = sorted
expect "and the counts, and where the page is" 0 "[does-not-compile]" " passed, " " failed, 3 could not be graded" "out-folders/class.html"
points out-folders > wanted
# 0, 2, ... 12 are right, and 1, 3, 5, 7, 15 but for their looks; 9, 11 and 13 cannot be graded.
that "who is right has all points, whatever the file was like" \
	test "$(sed -n '1,9p;11p;13p;16p' wanted | sort -u)" = "$most"
that "who is wrong has less" test "$(sed -n '10p;12p;14p;15p;17,20p' wanted | grep -cx "$most")" = 0
says "upper case: taken, and said" out-folders s01 'r["files"][0]["remark"] == "was called Server.c"'
says "CRLF: taken, and said" out-folders s03 '"CRLF" in r["files"][0]["remark"] and r["status"] == "pass"'
says "a byte order mark" out-folders s05 '"byte order mark" in r["files"][0]["remark"] and r["status"] == "pass"'
says "Latin-1" out-folders s07 '"UTF-8" in r["files"][0]["remark"] and r["status"] == "pass"'
says "an empty file" out-folders s09 'r["status"] == "error" and r["message"] == "server.c is empty." and r["max_points"] > 0'
says "a missing file" out-folders s11 'r["status"] == "error" and "not handed in" in r["message"]'
says "main() twice" out-folders s13 'r["status"] == "error" and "main() twice" in r["message"] and "server.c:" in r["compiler"]'
says "the compiler's words have no path of ours" out-folders s13 '"handed-in" not in r["compiler"] and "/" not in r["compiler"].split(":")[0]'
says "another name, and no doubt" out-folders s15 'r["files"][0]["remark"] == "was called main.c"'
says "a diagnosis, where, and how to repeat it" out-folders s14 \
	'any(c["diagnosis"] and c["where"] and c["picture"] and "--seed " + r["seed"] in c["repeat"] for c in r["cases"])'
repeat=$(record out-folders s14 'next(c["repeat"] for c in r["cases"] if c["status"] == "fail")')
diagnosis=$(record out-folders s14 'next(c["diagnosis"] for c in r["cases"] if c["status"] == "fail")')
that "it names no folder of this machine" test "${repeat##* --dir }" = .
CDIR=$work/out-folders/handed-in/s14/01-udp-server run sh -c "\"\$WINDSOCK\" ${repeat#windsock }"
expect "what a record says repeats it" 1 "$diagnosis"
that "seeds differ" test "$(grep -h '"seed"' out-folders/results/01-udp-server/*.json | sort -u | wc -l)" = 20

cp -r out-folders/results before
grade folders
expect "unchanged: nothing is run again" 0 "0 to grade, 20 done before" "!20 of 20"
that "and no record is touched" diff -r before out-folders/results
printf '\n' >> class-folders/s00/server.c
grade folders
expect "one changed: that one is" 0 "1 to grade, 19 done before"
that "its old record is kept" test -e out-folders/old/01-udp-server/s00.1.json
seed=$(record out-folders s02 'r["seed"]')

for layout in lessons gradescope canvas moodle archives git mapped; do
	python3 "$WINDSOCK_TESTS/e2e/make_class.py" $layout class-$layout
	if [ $layout = mapped ]; then grade $layout --map class-mapped/map; else grade $layout; fi
	expect "$layout" 0 "20 of 20 graded"
	same_points $layout
	rm -rf class-$layout
done
says "Canvas: handed in late, and again" out-canvas s06_4706 '"late" in r["remarks"][0]'
says "Canvas: the number of a later file" out-canvas s04_4704 'r["files"][0]["remark"] == "was called server-1.c"'
that "the same student has the same seed wherever he hands in" test "$(record out-gradescope s02 'r["seed"]')" = "$seed"
that "Moodle's names" test -e "out-moodle/results/01-udp-server/S%2003_4703.json"

# ---- the same source is compiled once ----

printf '#!/bin/sh\nexec cc "$@"\n' > mycc
chmod 755 mycc
touch -d 2020-01-01 mycc
mkdir -p class-built/s00 class-built/s01
cp class-folders/s02/server.c class-built/s00/
cp class-folders/s02/server.c class-built/s01/
CC=$work/mycc grade built
expect "a class of two, with a compiler of one's own" 0 "2 graded: 2 passed"
that "the same source is kept once" test "$(ls out-built/built | wc -l)" = 1
printf '#!/bin/sh\nexit 99     \n' > mycc # the same size and time: the same compiler, as far as can be told
touch -d 2020-01-01 mycc
CC=$work/mycc grade built --course other
expect "another course: graded again, not compiled again" 0 "2 to grade" "2 graded: 2 passed"
cat "$WINDSOCK" >> "$(ls -d out-built/built/*)"
CC=$work/mycc grade built --course another
expect "what is damaged there is not taken" 0 "2 graded: 0 passed"
rm -rf out-built/built
mkdir -p out-built/built
CC=$work/mycc grade built --course fourth
that "what does not compile is not kept" test "$(ls out-built/built | wc -l)" = 0

# ---- what is told ----

for level in none where what why; do
	grade folders --explain $level
	python3 -c 'import json
r = json.load(open("out-folders/for-students/01-udp-server/s14.json"))
c = next(c for c in r["cases"] if c["status"] == "fail")
print(*[k for k in ("where", "observed", "means") if c[k]])' > told
	case $level in
	none) told= ;;
	where) told=where ;;
	what) told="where observed" ;;
	why) told="where observed means" ;;
	esac
	that "--explain $level" test "$(cat told)" = "$told"
done
says "the instructor's copy keeps all" out-folders s14 'any(c["means"] for c in r["cases"])'

# ---- hostile and odd submissions ----

mkdir -p class-odd/links class-odd/bombs class-odd/link class-odd/pipe class-odd/device class-odd/zipped class-odd/bomb class-odd/twice/a class-odd/twice/b \
	class-odd/binary class-odd/two class-odd/late/lesson-06
solution=$WINDSOCK_TESTS/lessons/01-udp-server/solution/server.c
ln -s "$solution" class-odd/link/server.c
ln -s "$PWD/class-odd/twice" class-odd/shortcut
cp "$solution" class-odd/links/server.c
for i in $(seq 150); do ln -s server.c class-odd/links/$i; done
mkfifo class-odd/pipe/server.c
ln -s /dev/zero class-odd/device/server.c
cp "$solution" class-odd/twice/a/server.c
cp "$WINDSOCK_TESTS/lessons/01-udp-server/wrong/echo.c" class-odd/twice/b/server.c
printf 'int main(void) { return 0; }\0' > class-odd/binary/server.c
cp "$solution" class-odd/two/one.c
cp "$solution" class-odd/two/other.c
cp "$solution" class-odd/late/lesson-06/server.c
python3 - "$solution" << 'P'
import io, sys, tarfile, zipfile
with tarfile.open("class-odd/zipped/w.tar", "w") as t:
    for name, kind, target in (("l", tarfile.SYMTYPE, "/etc"), ("h", tarfile.LNKTYPE, "/etc/passwd"),
                               ("d", tarfile.CHRTYPE, ""), ("f", tarfile.FIFOTYPE, "")):
        i = tarfile.TarInfo(name); i.type = kind; i.linkname = target; t.addfile(i)
    for name in ("../../escaped", "/tmp/windsock-escaped", "l/escaped", "server.c"):
        i = tarfile.TarInfo(name); i.size = 4; t.addfile(i, io.BytesIO(b"bad\n"))
with zipfile.ZipFile("class-odd/bomb/w.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("server.c", b"\0" * (100 << 20))
for name in ("1.zip", "2.zip", "3.zip"):
    with zipfile.ZipFile("class-odd/bombs/" + name, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("large", b"\0" * (30 << 20))
open("class-odd/broken.zip", "wb").write(b"PK\3\4nothing")
source = open(sys.argv[1]).read()
with zipfile.ZipFile("whole.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("server.c", source)
open("class-odd/cut.zip", "wb").write(open("whole.zip", "rb").read()[:-600])
with zipfile.ZipFile("whole.zip", "w") as z:
    z.writestr("server.c", source)
bytes = bytearray(open("whole.zip", "rb").read())
bytes[200] ^= 1
open("class-odd/flipped.zip", "wb").write(bytes)
P
printf 'x' > class-odd/notes.txt
printf 'int main(void) {' > 'class-odd/twice/b/x"<y>'"$(printf '\033')"'[2J.c'
grade odd
expect "odd submissions are graded all the same" 0 "notes.txt belongs to nobody" "shortcut belongs to nobody" "14 graded"
says "a symbolic link is not followed" out-odd link 'r["status"] == "error" and "symbolic link" in r["remarks"][0]'
says "a pipe is not waited for" out-odd pipe 'r["status"] == "error" and "neither a file" in r["remarks"][0]'
says "nor a device read" out-odd device 'r["status"] == "error"'
says "a tar with links, devices and ways out" out-odd zipped 'len(r["remarks"]) >= 6 and r["status"] == "error" and r["files"][0]["sha256"] != ""'
that "nothing escaped" test ! -e /tmp/windsock-escaped -a ! -e escaped -a ! -e out-odd/escaped
says "a bomb" out-odd bomb '"more bytes" in r["remarks"][0] and r["status"] == "error"'
says "archives that are a bomb together" out-odd bombs 'len(r["remarks"]) == 1 and "3.zip" in r["remarks"][0] and "more bytes" in r["remarks"][0]'
says "more remarks than anybody reads are counted" out-odd links \
	'r["status"] == "pass" and len(r["remarks"]) == 101 and r["remarks"][-1] == "and 50 remarks more, of which none is kept"'
says "a broken zip" out-odd broken '"cannot be" in r["remarks"][0]'
for archive in cut flipped; do
	says "a zip that is $archive: of a damaged file not even the beginning is taken" out-odd $archive \
		'r["status"] == "error" and r["files"][0]["sha256"] == "" and any("left out" in m for m in r["remarks"])'
	says "a zip that is $archive: nobody says that it was not handed in" out-odd $archive \
		'"Not all that was handed in could be unpacked" in r["message"] and "was not" not in r["message"]'
done
says "the name twice: the first, and said" out-odd twice 'r["status"] == "pass" and "2 times: a/server.c" in r["files"][0]["remark"].replace("twice/", "")'
says "a binary" out-odd binary '"NUL" in r["message"]'
says "two programs, and neither has the name" out-odd two 'r["status"] == "error"'
says "another lesson's folder is not taken" out-odd late 'r["status"] == "error" and "not handed in" in r["message"]'
mkdir -p class-both/ada class-both/bob/01 class-both/bob/06
cp "$solution" class-both/ada/
cp "$solution" class-both/bob/01/
run "$WINDSOCK" grade class-both --lessons 1,6 --out out-both
expect "a file that may be for two lessons is for none" 0 "2 students" "4 graded"
says "and that is said" out-both ada '"may be for this lesson or for 06-tcp-server" in r["message"]'
says "folders make it clear" out-both bob 'r["status"] == "pass"'
mkdir -p class-both/cleo/01/old
cp "$solution" class-both/cleo/01/server.c
cp "$solution" class-both/cleo/01/old/server.c
printf x > class-both/cleo/01/report.docx
run "$WINDSOCK" grade class-both --lessons 1 --out out-left
says "what the lesson does not ask for is named" out-left cleo \
	'r["remarks"] == ["left out, for the lesson does not ask for it: old/server.c, report.docx"]'

# ---- the wrong folder ----

run "$WINDSOCK" grade class-both --lessons 1 --out class-both/grades
expect "results among the submissions are no student's" 0 "3 students" "grades belongs to nobody"
run "$WINDSOCK" grade class-both --lessons 1 --out class-both/grades
expect "nor are those of the last time" 0 "3 students" "0 to grade, 3 done before"
run "$WINDSOCK" grade class-both --lessons 1 --out class-both
expect "results into the submissions' own folder" 2 "--out class-both" "Name another one"
that "and nothing is made there" test ! -e class-both/key -a ! -e class-both/results
mkdir -p one/01-udp-server one/06-tcp-server
cp "$solution" one/01-udp-server/
run "$WINDSOCK" grade one --lessons 1 --out out-one
expect "one student's folder is no class of lessons" 2 "called after lessons (01-udp-server)" "--map"

# ---- other machines ----

run "$WINDSOCK" grade class-folders --lessons 01 --out out-chunks --key key --course nets --plan 8
expect "a plan in chunks" 0 "20 to grade in 3 chunks"
for chunk in 2 0; do
	run "$WINDSOCK" grade class-folders --lessons 01 --out out-chunks --key key --course nets --chunk $chunk
	expect "chunk $chunk" 0 "graded"
done
run "$WINDSOCK" grade class-folders --lessons 01 --out out-chunks --key key --course nets --reconcile
expect "what is missing is said" 2 "12 graded" "8 are still missing"
run "$WINDSOCK" grade class-folders --lessons 01 --out out-chunks --key key --course nets --chunk 1
run "$WINDSOCK" grade class-folders --lessons 01 --out out-chunks --key key --course nets --reconcile
expect "nothing is missing" 0 "20 graded"
that "in chunks as in one" cmp out-chunks/results.csv out-folders/results.csv
run "$WINDSOCK" grade class-folders --lessons 01 --out out-chunks --key key --chunk 7
expect "a chunk that is not there" 2 "has no chunk 7"

# ---- a wrong command line ----

mkdir empty
run "$WINDSOCK" grade; expect "no folder" 2 "whose?" "usage:"
run "$WINDSOCK" grade class-odd --lessons 01; expect "no --out" 2 "--out is missing"
run "$WINDSOCK" grade class-odd --out x; expect "no --lessons" 2 "--lessons is missing"
run "$WINDSOCK" grade class-odd --lessons 99 --out x; expect "no such lesson" 2 "there is no lesson"
run "$WINDSOCK" grade class-odd --lessons , --out x; expect "no lesson at all" 2 "names no lesson"
run "$WINDSOCK" grade nowhere --lessons 01 --out x; expect "no such class" 2 "nowhere: cannot be found"
run "$WINDSOCK" grade empty --lessons 01 --out x; expect "an empty class" 2 "holds no student's folder"
run "$WINDSOCK" grade key --lessons 01 --out x; expect "a file that is no archive" 2 "neither a folder nor a zip"
run "$WINDSOCK" grade class-odd/broken.zip --lessons 01 --out x; expect "a broken archive" 2 "cannot be"
run "$WINDSOCK" grade class-odd --lessons 01 --out x --jobs 0; expect "--jobs 0" 2 "a number from 1"
run "$WINDSOCK" grade class-odd --lessons 01 --out x --jobs 2x; expect "--jobs 2x" 2 "a number from 1"
run "$WINDSOCK" grade class-odd --lessons 01 --out x --explain all; expect "--explain all" 2 "none, where, what, why"
run "$WINDSOCK" grade class-odd --lessons 01 --out x --what; expect "an unknown option" 2 "--what: not an option"
run "$WINDSOCK" grade class-odd b --lessons 01 --out x; expect "two classes" 2 "is too much"
run "$WINDSOCK" grade class-odd --lessons 01 --out key; expect "--out is a file" 2 "is not a folder"
printf short > short
run "$WINDSOCK" grade class-odd --lessons 01 --out x --key short; expect "a short key" 2 "at least 16 bytes"
run "$WINDSOCK" grade class-odd --lessons 01 --out x --map nowhere; expect "no such map" 2 "nowhere"
printf 'ada\n' > map; run "$WINDSOCK" grade class-odd --lessons 01 --out x --map map; expect "a map without a path" 2 "map:1"
printf '\nada gone\n' > map; run "$WINDSOCK" grade class-odd --lessons 01 --out x --map map; expect "a map to nowhere" 2 "map:2" "gone"
printf '{' > out-folders/results/01-udp-server/s02.json
grade folders
expect "a damaged record is graded again" 0 "s02.json" "1 to grade"
finish
