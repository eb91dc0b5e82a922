#!/bin/sh
# The lesson 16-keepalive proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
