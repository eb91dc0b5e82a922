#!/bin/sh
# The lesson 15-webhook proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
