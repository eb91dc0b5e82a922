#!/bin/sh
# The lesson 17-upload-download proves itself: see prove.sh.
. "$WINDSOCK_TESTS/lessons/prove.sh"
