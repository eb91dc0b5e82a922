# Sourced before each test: where things are, and nothing of the developer's own.
WINDSOCK=${WINDSOCK:-$PWD/windsock}
WINDSOCK_LESSONS=$(cd "$srcdir" && pwd)/lessons
WINDSOCK_DOCS=$(cd "$srcdir" && pwd)/docs
WINDSOCK_TESTS=$(cd "$srcdir" && pwd)/tests
export WINDSOCK WINDSOCK_LESSONS WINDSOCK_DOCS WINDSOCK_TESTS srcdir
LC_ALL=C.UTF-8
export LC_ALL
unset CC COLUMNS NO_COLOR WINDSOCK_TCPDUMP
