#!/bin/sh
# The lesson 18-refused-or-dropped proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
