#!/bin/sh
# The lesson 13-push proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
