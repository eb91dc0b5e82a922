# A class of small, quick submissions, and what one machine makes of it. Sourced by the tests of this folder after tap.sh.
#
# The lesson is 01 with one case. Work that has to be under way for something to happen to it is held at a gate
# (the setting "before"), so that no test hopes for the right moment.

students=${WINDSOCK_STUDENTS:-200} # at least 60: more than the Slurm of the test takes chunks
gates=$work/gates
mkdir "$gates" && chmod 777 "$gates"

make_lesson() {
	mkdir -p lessons/01-udp-server/traces
	awk '/^case / { inside = ($2 == "two-clients"); seen = 1 } !seen || inside' "$WINDSOCK_LESSONS/01-udp-server/lesson" \
		> lessons/01-udp-server/lesson
	cp "$WINDSOCK_LESSONS/01-udp-server/traces/two-clients.trace" lessons/01-udp-server/traces/
	for file in README.md hints.md server.c Makefile; do
		[ ! -e "$WINDSOCK_LESSONS/01-udp-server/$file" ] || cp "$WINDSOCK_LESSONS/01-udp-server/$file" lessons/01-udp-server/
	done
	WINDSOCK_LESSONS=$work/lessons
	export WINDSOCK_LESSONS
}

make_class() { # FOLDER COUNT
	i=0
	while [ $i -lt "$2" ]; do
		folder=$1/$(printf 's%03d' $i)
		mkdir -p "$folder"
		case $((i % 10)) in
		3) source=wrong/no-htons.c ;;
		6) source=wrong/echo.c ;;
		8) source=wrong/no-bind.c ;;
		*) source=solution/server.c ;;
		esac
		{
			echo "/* student $i */"
			cat "$WINDSOCK_TESTS/lessons/01-udp-server/$source"
			[ $((i % 25)) -ne 7 ] || echo "this does not compile"
		} > "$folder/server.c"
		[ $((i % 50)) -ne 9 ] || rm "$folder/server.c"
		i=$((i + 1))
	done
}

# What each script of a chunk begins with. A node that is broken has no lessons; one that is held waits with its chunk.
make_gate() {
	cat > gate.sh << G
node=\${SLURMD_NODENAME:-\${NODE:-}}
if [ -e "$gates/broken-\$node" ]; then WINDSOCK_LESSONS=/nonexistent; export WINDSOCK_LESSONS; fi
if [ -n "\${SLURM_ARRAY_TASK_ID:-}" ] || [ "\${0##*/}" = chunk.sh ]; then
	: > "$gates/began-\$node"
	while [ -e "$gates/hold-\$node" ]; do sleep 0.05; done
fi
G
	printf 'before . %s/gate.sh\n' "$work" > settings
}

count_records() { # OUT [NODE]: how many there are, of that node
	find "$1/results" -name '*.json' -exec grep -l "\"node\": \"${2:-}" {} + 2> /dev/null | wc -l
}

has_records() { # OUT COUNT [NODE]
	[ "$(count_records "$1" "${3:-}")" -ge "$2" ]
}

# Without what differs from run to run: times, and numbers that the kernel chose.
undated() { # OUT
	python3 - "$1" << 'P'
import glob, json, re, sys
for name in sorted(glob.glob(sys.argv[1] + "/results/*/*.json")):
    r = json.load(open(name))
    for key in ("started", "duration_us", "node", "sha256"):
        del r[key]
    for c in r["cases"]:
        for key in ("duration_us", "attempts", "output", "calls", "picture", "picture_ansi", "picture_svg"):
            del c[key]
    # Ports that the kernel chose: 32768 to 60999; a lesson's own are below.
    print(re.sub(r"\b(3[2-9]|4[0-9]|5[0-9]|60)[0-9]{3}\b", "PORT", json.dumps(r, sort_keys=True)))
P
}

# The same as on one machine, byte by byte: the table, the gradebook, the records; once each, and nothing beside them.
same_as_one_machine() { # OUT ONE TABLE
	that "the table is that of one machine" sh -c "sed 's|$1|OUT|g' '$3' > a && sed 's|$2|OUT|g' '$2.table' > b && cmp a b"
	that "the gradebook, byte by byte" cmp "$2/results.csv" "$1/results.csv"
	undated "$1" > got
	undated "$2" > wanted
	that "and every record, but for times and nodes" cmp wanted got
	that "no second record says something else" test ! -e "$1/disputes"
	that "no temporary file is left" sh -c "! find '$1' -name '*.tmp' -o -name '*.new' | grep ."
}

make_all() { # as root, for everybody
	make_lesson
	make_class class "$students"
	make_class few 40
	make_gate
	head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' > key
	chmod -R a+rX "$work"
}
