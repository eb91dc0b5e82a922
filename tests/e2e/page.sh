#!/bin/sh
# The class page in a browser (tests/page/): what it shows, how it is used, and that nothing that students wrote runs in it.
# The parts about the file alone need no browser.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"

have python3 || skip_all "python3 is not here"
mkdir page
command="tests/page/run.py"
python3 "$WINDSOCK_TESTS/page/run.py" "$WINDSOCK" "$work/page" > page.tap 2> err && status=0 || status=$?
cp page.tap out
sed '/^1\.\./d' page.tap
count=$(grep -c '^\(not \)\{0,1\}ok ' page.tap)
grep -q '^1\.\.' page.tap || not_ok "run.py came to its end"
finish
