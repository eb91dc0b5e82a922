#!/bin/sh
# windsock package: the files are whole, the same twice, without a solution; and each platform's scripts are run here, in
# the layout that the platform makes, with a submission.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
have python3 || skip_all "python3 is not installed"
need_lab

tool() { # COMMAND ARGUMENT...: package.py
	python3 "$WINDSOCK_TESTS/e2e/package.py" "$@"
}

says() { # WHAT FILE PYTHON: it is true of the JSON j
	command="$3 of $2"
	if python3 -c 'import json, sys
j = json.load(open(sys.argv[1]))
sys.exit(not eval(sys.argv[2]))' "$2" "$3" 2> err; then ok "$1"; else not_ok "$1" "$(head -c 2000 "$2")"; fi
}

solution=$WINDSOCK_TESTS/lessons/01-udp-server/solution/server.c
wrong=$WINDSOCK_TESTS/lessons/01-udp-server/wrong/first-client.c
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

# ---- the files ----

for platform in gradescope github-classroom autolab prairielearn exercism check50 ci; do
	run "$WINDSOCK" package $platform 6 1 --course nets-2026 --output both
	run "$WINDSOCK" package $platform 01-udp-server tcp-server --course nets-2026 --output again
	that "$platform: the same bytes twice" diff -r both again
	run "$WINDSOCK" package $platform 1 --course nets-2026 --output $platform
	expect "$platform" 0 "$platform/README.md says where they go"
	{ tool parse both; tool parse $platform; } > parsed
	rm -rf both again
	that "$platform: all of it can be read" test ! -s parsed
done
for script in $(find . -name '*.sh' -o -name autograde-Makefile); do
	case $script in
	*.sh) sh -n "$script" || touch unread ;;
	*) make -n -f "$script" > out || touch unread ;;
	esac
	! have shellcheck || case $script in *.sh) shellcheck "$script" || touch unread ;; esac
done
that "scripts can be read" test ! -e unread
mkdir -p autograder/source
python3 -m zipfile -e gradescope/autograder.zip autograder/source
that "a zip" test "$(cd autograder/source && echo *)" = "run_autograder setup.sh windsock.tar"
tool leaks autograder/source/windsock.tar "$WINDSOCK_TESTS" > leaked
that "no solution and no wrong program is in it" test ! -s leaked
mkdir lessons
cp -R "$WINDSOCK_LESSONS/01-udp-server" lessons/
cp "$solution" lessons/01-udp-server/server.c
WINDSOCK_LESSONS=$work/lessons run "$WINDSOCK" package exercism 1 -o exercism-1
tool leaks exercism-1/windsock.tar "$WINDSOCK_TESTS" > leaked
that "nor where somebody has solved it in the lessons' own folder" test ! -s leaked

# ---- as platforms run them; without the lessons and the program of this tree ----

here=$WINDSOCK
unset WINDSOCK WINDSOCK_LESSONS
mkdir -p autograder/submission bin
chmod 755 autograder/source/setup.sh autograder/source/run_autograder
cp "$solution" autograder/submission/
CDIR=$work/autograder run env AUTOGRADER="$work/autograder" sh -c './source/setup.sh && ./source/run_autograder'
expect "Gradescope" 0 "windsock 0" "!installing"
says "Gradescope: the points" autograder/results/results.json 'sum(t["score"] for t in j["tests"] if "score" in t) >= 10'

mkdir -p classroom/.github empty
cp -R github-classroom/repository/.github classroom/
cp "$wrong" classroom/server.c
printf '#!/bin/sh\nexec "$@"\n' > bin/sudo
chmod 755 bin/sudo
mkdir temp
CDIR=$work/classroom run env PATH="$work/bin:$PATH" RUNNER_TEMP="$work/temp" GITHUB_OUTPUT="$work/output" \
	python3 "$WINDSOCK_TESTS/e2e/package.py" steps .github/workflows/classroom.yml
expect "GitHub Classroom: pictures in the log" 0 "remembered from an earlier recvfrom" "::stop-commands::"
sed 's/^result=//' output | base64 -d > classroom.json
says "GitHub Classroom: the line for the reporter" classroom.json 'j["status"] == "fail" and j["max_score"] >= 10 and j["tests"][0]["score"] == 4'

mkdir autolab-job
cp autolab/autograde.tar autolab-job/
cp autolab/autograde-Makefile autolab-job/Makefile
cp "$solution" autolab-job/ada@example.org_1_server.c
CDIR=$work/autolab-job run env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make
expect "Autolab" 0 "scores"
tail -n 1 out > autolab.json
says "Autolab: the last line" autolab.json 'j["scores"]["one-question"] == 4'

mkdir -p grade/student opt
tar -x -f prairielearn/image/windsock.tar -C opt
cp "$wrong" grade/student/server.c
run env GRADE="$work/grade" WINDSOCK_PREFIX="$work/opt/windsock" prairielearn/questions/01-udp-server/tests/run.sh
expect "PrairieLearn" 0
says "PrairieLearn: the score" grade/results/results.json 'j["gradable"] and 0 < j["score"] < 1'

mkdir in out-exercism
cp "$solution" in/
run env WINDSOCK_PREFIX="$work/opt/windsock" exercism/bin/run.sh 01-udp-server in/ out-exercism/
expect "Exercism" 0
says "Exercism: the file" out-exercism/results.json 'j["status"] == "pass" and j["version"] in (2, 3)'
run env WINDSOCK_PREFIX="$work/opt/windsock" exercism/bin/run.sh 99-nothing in/ empty/
expect "Exercism: an exercise that is not there" 2 "there is no lesson"

CDIR=$work/grade/student run env WINDSOCK="$work/opt/windsock/bin/windsock" python3 "$WINDSOCK_TESTS/e2e/package.py" check50 \
	"$work/check50/01-udp-server"
expect "check50" 0 "passed: server.c compiles" "passed: One question, one answer" "failed: Two clients"

mkdir -p project/.ci builds
cp -R ci/repository/. project/
cp "$wrong" project/server.c
CDIR=$work/project run env CI_BUILDS_DIR="$work/builds" python3 "$WINDSOCK_TESTS/e2e/package.py" steps .gitlab-ci.yml
expect "GitLab: the job fails" 1 "not ok" "two-clients"
that "GitLab: JUnit" grep -q '<failure' project/windsock.xml
cp "$solution" project/server.c
rm -rf temp && mkdir temp
CDIR=$work/project run env PATH="$work/bin:$PATH" RUNNER_TEMP="$work/temp" \
	python3 "$WINDSOCK_TESTS/e2e/package.py" steps .github/workflows/windsock.yml
expect "GitHub Actions: it succeeds" 0 "ok 1 - student / 01-udp-server / one-question" "!not ok"

# ---- a wrong command line ----

WINDSOCK=$here
run "$WINDSOCK" package; expect "the platforms" 0 "gradescope" "check50"
run "$WINDSOCK" package moodle; expect "no such platform" 2 "there is no platform \"moodle\"" "prairielearn"
run "$WINDSOCK" package ci 99; expect "no such lesson" 2 "there is no lesson"
run "$WINDSOCK" package ci --course 'a";rm'; expect "a course that would be a command" 2 "stands in scripts"
run "$WINDSOCK" package ci --source nowhere; expect "no such source" 2 "there is no such file"
run "$WINDSOCK" package ci --what; expect "an unknown option" 2 "not an option of package"
finish
