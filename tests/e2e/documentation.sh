#!/bin/sh
# Help, manual pages, completion and docs/ name the same commands and options: see documentation.py.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
have python3 || skip_all "python3 is not installed"
python3 "$WINDSOCK_TESTS/e2e/documentation.py"
