#!/bin/sh
# The lesson 12-nobody-listens proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
