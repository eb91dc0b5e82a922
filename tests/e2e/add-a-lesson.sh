#!/bin/sh
# docs/add-a-lesson.md, worked off as it stands: see guides.py.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
have python3 || skip_all "python3 is not installed"
need_lab
WORK=$work python3 "$WINDSOCK_TESTS/e2e/guides.py" docs/add-a-lesson.md
