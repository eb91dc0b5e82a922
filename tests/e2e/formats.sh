#!/bin/sh
# Records as what platforms read: the command's own words, then each format against a parser or a schema that others
# wrote and against its platform's rules (tests/formats/).
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"

cat > ann.json << 'EOF'
{"windsock_result": 1, "lesson": "01-udp-server", "student": "ann", "status": "pass", "points": 4, "max_points": 4,
 "cases": [{"name": "one-question", "status": "pass", "points": 4, "max_points": 4}]}
EOF
sed 's/"ann"/"bob"/' ann.json > bob.json
sed 's/"max_points": 4}]/"max_points": "four"}]/' ann.json > bad.json

# ---- the command ----

run "$WINDSOCK" report
expect "without arguments: the formats" 0 "gradescope" "jsonl" "any number of students"
run "$WINDSOCK" report --format powerpoint ann.json
expect "a format that there is not" 2 'there is no format "powerpoint"' "github-classroom" "usage: windsock report"
run "$WINDSOCK" report ann.json
expect "no format" 2 "which format?"
run "$WINDSOCK" report --format csv
expect "no records" 2 "which records?"
run "$WINDSOCK" report --format csv nobody.json
expect "a record that is not there" 2 "nobody.json: cannot be read: No such file"
run "$WINDSOCK" report --format csv ann.json bob.json
expect "a class in a list" 0 "student,lesson,status" "ann,01-udp-server,pass,4,4" "bob,01-udp-server,pass,4,4"
run "$WINDSOCK" report --format gradescope ann.json bob.json
expect "but not in a document about one student" 2 'bob.json: is about "bob", and ann.json about "ann"'

# ---- files ----

echo old > out.csv
run "$WINDSOCK" report --format csv -o out.csv ann.json bad.json
expect "a bad record is refused by its name, with key and place" 2 \
	'bad.json: "max_points" of number 1 in "cases" should be a whole number' "grade this submission again"
that "and the file of before stays, alone" test "$(cat out.csv) $(echo out.csv*)" = "old out.csv"
run "$WINDSOCK" report --format csv -o out.csv ann.json
that "-o writes it anew" test "$status $(wc -l < out.csv) $(echo out.csv*)" = "0 2 out.csv"
run "$WINDSOCK" report --format csv -o no/out.csv ann.json
expect "a folder that is not there" 2 "no/out.csv: cannot be written: No such file"
run "$WINDSOCK" report --format csv -o /dev/full ann.json
expect "a full disk" 2 "cannot be written: No space left"
that "a device stays a device" test -c /dev/full

# ---- docs/results.md against the record and the table ----

docs=${WINDSOCK_DOCS:-$WINDSOCK_TESTS/../docs}
named() { # FILE: words on standard input, each in backquotes in the file
	while read -r word; do
		grep -qF "\`$word\`" "$1" || { diag "$word is not in $1" && return 1; }
	done
}
if have python3; then
	run "$WINDSOCK" report --format jsonl ann.json
	python3 -c 'import json
record = json.load(open("out"))
for part in record, {"name": 1, "sha256": 1, "remark": 1}, record["cases"][0]: print(*part, sep="\n")' > keys
	that "docs/results.md names each of $(wc -l < keys) keys" named "$docs/results.md" < keys
fi
"$WINDSOCK" report | cut -d ' ' -f 1 > names
that "and each format" named "$docs/results.md" < names

# ---- the formats ----

if ! have python3; then
	skip "the formats by their rules" "python3 is not here"
else
	mkdir formats
	python3 "$WINDSOCK_TESTS/formats/run.py" "$WINDSOCK" "$work/formats" > formats.tap 2> formats.err
	sed -n '/^#/p' formats.tap
	while read -r word rest; do
		case $word in
		ok | not)
			count=$((count + 1))
			rest=${rest#ok }
			[ "$word" = ok ] || { failed=$((failed + 1)) && word="not ok"; }
			printf '%s %d - %s\n' "$word" "$count" "${rest#*- }"
			;;
		esac
	done < formats.tap
	grep -q '^1\.\.' formats.tap || { command=run.py && cp formats.err err && not_ok "run.py came to its end"; }
fi

finish
