#!/bin/sh
# The lesson 10-many-clients proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
