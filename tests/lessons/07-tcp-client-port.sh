#!/bin/sh
# The lesson 07-tcp-client-port proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
