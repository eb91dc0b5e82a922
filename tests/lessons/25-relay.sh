#!/bin/sh
# The lesson 25-relay proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
