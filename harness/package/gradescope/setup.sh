#!/bin/sh
# setup.sh - Gradescope runs this once, as root, when it builds the image; what was uploaded lies in /autograder/source.
set -e
cd "${AUTOGRADER:-/autograder}/source"
tar -x --no-same-owner -f windsock.tar
./windsock/setup.sh
