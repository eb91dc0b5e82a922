# prove.sh - a lesson proves itself. Sourced by tests/lessons/NN-name.sh, which names it.
#
# `windsock lint` says what that means, and does it: the files keep what lessons promise; the skeleton compiles
# without a warning and fails with the diagnosis that the lesson file announces; an empty program passes no case; the
# solution passes 5 times of 5 (WINDSOCK_ROUNDS), the first time with the lesson's values, then with others, and
# tcpdump and a packet socket see the same; every program of wrong/ fails with the id in its first line; every program of
# right/ passes; none of them compiles with a warning. All in one TAP stream, each test one line; "# K of N diagnosed"
# counts the wrong ones, and K < N fails. WINDSOCK_SAMPLE=N takes every Nth of the right and wrong ones only.

"$WINDSOCK" lint "$WINDSOCK_LESSONS/$(basename "$0" .sh)" --proofs "$WINDSOCK_TESTS/lessons" --tap --engines \
	--rounds "${WINDSOCK_ROUNDS:-5}" --sample "${WINDSOCK_SAMPLE:-1}"
status=$?
if [ $status -eq 77 ] && [ -n "$WINDSOCK_MUST_RUN" ]; then
	echo "Bail out! WINDSOCK_MUST_RUN is set, and this machine cannot run the lesson"
	exit 99
fi
exit $status
