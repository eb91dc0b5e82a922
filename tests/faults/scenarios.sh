#!/bin/sh
# Named faults, at named stages, to each of windsock's processes (scenarios.py): here what once went wrong, and a few others.
# All of them: `make check-faults`, or WINDSOCK_SCENARIOS="" for this script. `scenarios.py --list` names them.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab
have python3 || skip_all "python3 is not installed"
have addr2line || skip_all "addr2line (binutils) is not installed"
. "$WINDSOCK_TESTS/faults/inject.sh"

# (What is stopped for five seconds is not for a suite that is in a hurry.)
sample="--every 400 --any ${WINDSOCK_FAULTS_SEED:+--seed $WINDSOCK_FAULTS_SEED} --not SIGSTOP"
# shellcheck disable=SC2086 # words
python3 -B "$WINDSOCK_TESTS/faults/scenarios.py" --windsock "$WINDSOCK" --inject "$work/inject.so" --preload "$first" \
	--fixtures "$WINDSOCK_TESTS/lessons/01-udp-server" ${WINDSOCK_SCENARIOS-$sample}
