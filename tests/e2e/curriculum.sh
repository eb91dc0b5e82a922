#!/bin/sh
# docs/curriculum.md against the lessons: each folder has its two rows and each row its folder; titles, ideas and calls
# are true; what is marked as coming may be missing, but only while some lesson is.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
page=${WINDSOCK_DOCS:-$WINDSOCK_TESTS/../docs}/curriculum.md
everything=27

# check WHAT COMMAND...: ok if it succeeds; what it prints is the reason why not.
check() {
	what=$1
	shift
	if "$@" >out 2>err; then ok "$what"; else not_ok "$what"; fi
}

rows() { # TABLE (1, 2): its rows
	awk -v table="$1" '/^\| lesson /{n++} /^\| [0-9][0-9]-/ && n == table' "$page"
}

names() { # TABLE: the names in it, marked ones too
	rows "$1" | sed 's/^| \([^ ]*\) .*/\1/'
}

column() { # TABLE NAME N: one cell
	rows "$1" | awk -F ' *[|] *' -v name="$2" -v n="$3" '{first = $2; sub(/ .*/, "", first)} first == name {print $(n + 1)}'
}

is_coming() { # NAME
	rows 1 | grep -qF "| $1 *(coming)* |"
}

same_names() {
	[ "$(names 1)" = "$(names 2)" ] && [ "$(names 1)" = "$(names 1 | sort -u)" ] && [ "$(names 1 | wc -l)" -eq $everything ]
}

every_folder_has_a_row() {
	for folder in "$WINDSOCK_LESSONS"/[0-9][0-9]-*/; do
		names 1 | grep -qx "$(basename "$folder")" || { echo "no row for $folder"; return 1; }
	done
}

every_row_has_a_folder() {
	for name in $(names 1); do
		[ -f "$WINDSOCK_LESSONS/$name/lesson" ] || is_coming "$name" || { echo "no folder for $name"; return 1; }
	done
}

nothing_is_coming() {
	[ "$(ls -d "$WINDSOCK_LESSONS"/[0-9][0-9]-*/ | wc -l)" -lt $everything ] || ! grep -n '(coming)\* |' "$page"
}

says() { # NAME WORD COLUMN: the lesson's title or idea
	[ "$2 \"$(column 1 "$1" "$3")\"" = "$(grep "^$2 " "$WINDSOCK_LESSONS/$1/lesson")" ]
}

calls_occur() { # NAME
	for call in $(column 2 "$1" 2 | tr -d '`()' | grep -v '^—$'); do
		grep -qE "(^|[^a-z_])$call\(" "$WINDSOCK_TESTS/lessons/$1/solution"/*.c ||
			{ echo "$call() is not in the solution"; return 1; }
	done
}

# A page's form; and, where manual pages are installed, that it is there.
pages_exist() { # NAME
	[ -n "$(column 2 "$1" 3)" ] || return 1
	for manual in $(column 2 "$1" 3); do
		echo "$manual" | grep -qx '[a-z_]*([237])' || { echo "$manual is no page of section 2, 3 or 7"; return 1; }
		section=${manual#*(}
		man -w 2 socket >/dev/null 2>&1 || continue
		man -w "${section%)}" "${manual%(*}" >/dev/null || return 1
	done
}

check "both tables have the same $everything lessons, in order" same_names
check "every folder has a row" every_folder_has_a_row
check "every row has a folder" every_row_has_a_folder
check "when all lessons are there, none is marked as coming" nothing_is_coming
for name in $(names 1); do
	check "$name: its manual pages" pages_exist "$name"
	is_coming "$name" && continue
	check "$name: its title" says "$name" title 2
	check "$name: its idea" says "$name" idea 3
	check "$name: its calls occur in the solution" calls_occur "$name"
done
finish
