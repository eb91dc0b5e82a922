#!/bin/sh
# The lesson 02-udp-client-port proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
