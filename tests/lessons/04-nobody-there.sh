#!/bin/sh
# The lesson 04-nobody-there proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
