#!/bin/sh
# The lesson 06-tcp-server proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
