#!/bin/sh
# make check, for students: can this machine run every lesson? Each is built and run once, as it stands in lessons/. A
# skeleton is meant to fail, in the way that its lesson says; a lesson that this machine lacks something for is skipped.
. "${WINDSOCK_TESTS:-$(dirname "$0")}/e2e/tap.sh"
WINDSOCK_MUST_RUN= # a skip is an answer here

run "$WINDSOCK" demo
[ "$status" -ne 77 ] || skip_all "$(tail -n 1 err)"
expect "a network can be made, packets are captured: windsock demo" 0

meant() { # NAME: the diagnosis that its skeleton gets
	sed -n 's/^skeleton fails //p' "$WINDSOCK_LESSONS/$1/lesson"
}

for folder in "$WINDSOCK_LESSONS"/[0-9][0-9]-*/; do
	name=$(basename "$folder")
	workspace "$name" "$name"
	run "$WINDSOCK" check --dir "$work/$name"
	case $status in
	0) ok "$name: runs here; what is in its folder is right" ;;
	77) skip "$name" "$(tail -n 1 err)" ;;
	1)
		if has "[$(meant "$name")]"; then
			ok "$name: runs here; its skeleton fails as it is meant to"
		elif has " points"; then
			ok "$name: runs here; what is in its folder is no skeleton any more, and not right yet"
		else
			not_ok "$name: runs here"
		fi
		;;
	*) not_ok "$name: runs here" ;;
	esac
done
finish
