# The students' copy has no solutions, and so none of the project's own tests: make check asks whether every lesson can be
# had on this machine. This takes the place of tests/local.mk there.
TESTS += %D%/lessons.sh
EXTRA_DIST += %D%/environment.sh %D%/lessons.sh %D%/e2e/tap.sh

clean-local:
	-test "$(srcdir)" = . || rm -f lessons
