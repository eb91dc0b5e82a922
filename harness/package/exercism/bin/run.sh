#!/bin/sh
# run.sh SLUG INPUT OUTPUT - Exercism's test runner: grades the exercise SLUG, a lesson's name, as it lies in INPUT/, and
# writes OUTPUT/results.json. It ends with 0 whatever the tests say, and with 2 where nothing can be said.
exec "${WINDSOCK_PREFIX:-/opt/windsock}/grade.sh" "$2" "$1" exercism "${3%/}/results.json"
