#!/bin/sh
# The lesson 21-nat-filtering proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
