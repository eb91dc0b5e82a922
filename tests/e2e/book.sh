#!/bin/sh
# The book that make html makes (docs/book/): its links, its order, its drawings (tests/book/); and what it says of a link
# that leads nowhere.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
source=${WINDSOCK_DOCS:-$WINDSOCK_TESTS/../docs}/..

have python3 || skip_all "python3 is not here"
have cmark-gfm || skip_all "cmark-gfm is not here (apt-get install cmark-gfm)"

run python3 "$source/docs/book/book.py" "$source" first
expect "the book is made" 0
run python3 "$source/docs/book/book.py" "$source" second
that "twice the same" diff -r first second

# Its tests count for themselves.
before=$count
command="tests/book/run.py"
python3 "$WINDSOCK_TESTS/book/run.py" first "$source" > book.tap 2> err && status=0 || status=$?
cp book.tap out
sed '/^1\.\./d' book.tap | awk -v n="$before" '/^(not )?ok /{sub(/ok [0-9]+/, "ok " ++n)} {print}'
count=$((count + $(grep -c '^\(not \)\{0,1\}ok ' book.tap)))
grep -q '^1\.\.' book.tap || not_ok "run.py came to its end"

mkdir broken
cp -R "$source/README.md" "$source/docs" "$source/lessons" broken/
chmod -R u+w broken
echo "See [there](no-such-page.md)." >> broken/docs/grading.md
run python3 broken/docs/book/book.py broken third
expect "a link that leads nowhere is named, with its page" 1 "docs/grading.md" "no-such-page.md"
mkdir other
echo mine > other/file
run python3 "$source/docs/book/book.py" "$source" other
expect "a folder of something else is left alone" 1 "no book"
that "with what is in it" test -s other/file
mkdir bin
ln -s "$(command -v timeout)" bin/
PATH=$work/bin run "$(python3 -c 'import sys; print(sys.executable)')" "$source/docs/book/book.py" "$source" third
expect "without its Markdown reader: what to install" 1 "apt-get install cmark-gfm"
finish
