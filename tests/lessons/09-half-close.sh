#!/bin/sh
# The lesson 09-half-close proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
