#!/bin/sh
# The lesson 11-http proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
