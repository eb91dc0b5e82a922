#!/bin/sh
# The lesson 23-load-balancer proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
