#!/bin/sh
# The lesson 03-foreign-address proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
