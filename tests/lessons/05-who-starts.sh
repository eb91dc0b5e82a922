#!/bin/sh
# The lesson 05-who-starts proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
