#!/bin/sh
# A machine in trouble: one call of windsock's goes wrong, at some places of a check and of a grade (faults.py).
# All of them are many: `make check-faults`. A seed that failed here: faults.py --seed, or --only and --at.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab
have python3 || skip_all "python3 is not installed"

. "$WINDSOCK_TESTS/faults/inject.sh"
python3 -B "$WINDSOCK_TESTS/faults/faults.py" --windsock "$WINDSOCK" --inject "$work/inject.so" --preload "$first" \
	--fixtures "$WINDSOCK_TESTS/lessons/01-udp-server" --points "${WINDSOCK_FAULTS:-8}" \
	${WINDSOCK_FAULTS_SEED:+--seed "$WINDSOCK_FAULTS_SEED"}
