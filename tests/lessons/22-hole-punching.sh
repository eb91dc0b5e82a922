#!/bin/sh
# The lesson 22-hole-punching proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
