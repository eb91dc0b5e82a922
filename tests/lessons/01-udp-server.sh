#!/bin/sh
# The lesson 01-udp-server proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
