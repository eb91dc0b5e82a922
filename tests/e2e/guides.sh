#!/bin/sh
# The commands that README and the guides show, in their order: see guides.py.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
have python3 || skip_all "python3 is not installed"
[ "$most" -eq 11 ] || skip_all "netcat (nc.openbsd, package netcat-openbsd) is not installed"
need_lab
WORK=$work python3 "$WINDSOCK_TESTS/e2e/guides.py" "$@"
