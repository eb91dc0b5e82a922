#!/bin/sh
# The lesson 08-stream proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
