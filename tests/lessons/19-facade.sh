#!/bin/sh
# The lesson 19-facade proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
