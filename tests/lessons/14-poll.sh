#!/bin/sh
# The lesson 14-poll proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
