# One line a job of the virtual machine, and a last one with the sums. Exit status 1: a test failed.
# Of a job: who, condition, what, exit status, "ok", "not ok", of the ok those that were skipped, seconds, its log.
{
	bad = $6 > 0 || ($4 != 0 && $4 != 77)
	skip = $4 == 77 || $9 ~ /skip/ || (!bad && $5 > 0 && $5 == $7)
	word = bad ? "FAIL" : (skip ? "skip" : "pass")
	printf "%-4s  %-7s  %-40s  %4d right  %3d wrong  %3d skipped  status %d  %4d s  %s\n", word, $1,
		$3 ($2 == "-" ? "" : " (" $2 ")"), $5 - $7, $6, $7, $4, $8, $9
	right += $5 - $7
	wrong += $6
	skipped += $7
	seconds += $8
	failed += bad
	left_out += skip
	jobs++
}
END {
	printf "%d jobs: %d passed, %d failed, %d skipped; tests in them: %d right, %d wrong, %d skipped; %d s\n", jobs,
		jobs - failed - left_out, failed, left_out, right, wrong, skipped, seconds
	exit failed > 0
}
