#!/bin/sh
# grade.sh FOLDER LESSONS FORMAT RESULT [FORMAT RESULT]... - grades what was handed in in FOLDER, and writes what each
# FORMAT (`windsock report` lists them) asks for to its RESULT; "-" is standard output. 0: it is written; else nothing can
# be said about what was handed in, and why is on standard error.
here=$(cd "$(dirname "$0")" && pwd)
folder=$1 lessons=$2
shift 2
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
WINDSOCK_LESSONS=$here/share/windsock/lessons
export PATH WINDSOCK_LESSONS
work=$(mktemp -d "${TMPDIR:-/tmp}/windsock.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # programs run as nobody, where this is root

printf 'student\t.\n' > "$work/map"
# Its status says whether all could be judged; so do the records, which are read below.
"$here/bin/windsock" grade "$folder" --map "$work/map" --lessons "$lessons" --course "@COURSE@" --out "$work/out" \
	> "$work/log" 2>&1
while [ $# -ge 2 ]; do
	if ! "$here/bin/windsock" report --format "$1" -o "$2" "$work"/out/results/*/student.json 2>> "$work/log"; then
		cat "$work/log" >&2
		exit 2
	fi
	shift 2
done
