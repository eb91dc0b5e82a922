#!/bin/sh
# windsock watch, driven through a real pseudo-terminal: see watch.py.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
have python3 || skip_all "python3 is not installed"
need_lab
PYTHONDONTWRITEBYTECODE=1 python3 "$WINDSOCK_TESTS/e2e/watch.py"
