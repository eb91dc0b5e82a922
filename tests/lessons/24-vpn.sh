#!/bin/sh
# The lesson 24-vpn proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
