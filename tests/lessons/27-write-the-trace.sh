#!/bin/sh
# The lesson 27-write-the-trace proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
