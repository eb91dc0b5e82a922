#!/bin/sh
# The lesson 20-nat-mapping proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
