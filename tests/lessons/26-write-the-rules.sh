#!/bin/sh
# The lesson 26-write-the-rules proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
