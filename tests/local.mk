# The proof. Unit tests are programs, end-to-end tests scripts; both speak TAP.
EXTRA_DIST += %D%/environment.sh

# ---- units: the pure half ----

check_LIBRARIES += libsuite.a
libsuite_a_SOURCES = \
	%D%/unit/recorded.c %D%/unit/recorded.h \
	%D%/unit/seen.c %D%/unit/seen.h \
	%D%/unit/suite.c %D%/unit/suite.h \
	%D%/unit/wire.c %D%/unit/wire.h

# What a program links with unless it says otherwise.
LDADD = libsuite.a libwindsock.a $(CUNIT_LIBS) $(JANSSON_LIBS)

UNIT_TESTS = \
	tests/unit/test_align \
	tests/unit/test_assign \
	tests/unit/test_bundle \
	tests/unit/test_call \
	tests/unit/test_capture \
	tests/unit/test_chunks \
	tests/unit/test_class_table \
	tests/unit/test_diagnose \
	tests/unit/test_diagnose_calls \
	tests/unit/test_draft \
	tests/unit/test_evidence \
	tests/unit/test_flow \
	tests/unit/test_frame \
	tests/unit/test_handed_in \
	tests/unit/test_help \
	tests/unit/test_hints_file \
	tests/unit/test_ladder \
	tests/unit/test_lesson \
	tests/unit/test_match \
	tests/unit/test_merge \
	tests/unit/test_observe \
	tests/unit/test_pace \
	tests/unit/test_packet \
	tests/unit/test_page \
	tests/unit/test_params \
	tests/unit/test_prediction \
	tests/unit/test_progress_file \
	tests/unit/test_report \
	tests/unit/test_result \
	tests/unit/test_rules_check \
	tests/unit/test_schedstat \
	tests/unit/test_script \
	tests/unit/test_seal \
	tests/unit/test_sentinel \
	tests/unit/test_sha256 \
	tests/unit/test_svg \
	tests/unit/test_text \
	tests/unit/test_tie \
	tests/unit/test_trace \
	tests/unit/test_traffic \
	tests/unit/test_verdict \
	tests/unit/test_views
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

# ---- labs and socket tables, on real namespaces ----

LAB_TESTS = tests/lab/test_activity tests/lab/test_files tests/lab/test_firewall tests/lab/test_lab tests/lab/test_sniffer \
	tests/lab/test_sockets tests/lab/test_scratch tests/lab/test_store tests/lab/test_walls
check_PROGRAMS += $(LAB_TESTS)
TESTS += $(LAB_TESTS)
tests_lab_test_activity_SOURCES = %D%/lab/test_activity.c
tests_lab_test_activity_LDADD = libsuite.a $(HARNESS_LIBS) $(CUNIT_LIBS)
tests_lab_test_files_LDADD = libsuite.a $(HARNESS_LIBS) $(CUNIT_LIBS)
tests_lab_test_firewall_SOURCES = %D%/lab/test_firewall.c %D%/lab/labs.c %D%/lab/labs.h
tests_lab_test_firewall_LDADD = libsuite.a $(HARNESS_LIBS) $(CUNIT_LIBS)
tests_lab_test_lab_SOURCES = %D%/lab/test_lab.c %D%/lab/labs.c %D%/lab/labs.h
tests_lab_test_lab_LDADD = libsuite.a $(HARNESS_LIBS) $(CUNIT_LIBS)
tests_lab_test_sniffer_SOURCES = %D%/lab/test_sniffer.c %D%/lab/labs.c %D%/lab/labs.h
tests_lab_test_sniffer_LDADD = libsuite.a $(HARNESS_LIBS) $(CUNIT_LIBS)
tests_lab_test_sockets_SOURCES = %D%/lab/test_sockets.c %D%/lab/labs.c %D%/lab/labs.h
tests_lab_test_walls_SOURCES = %D%/lab/test_walls.c
tests_lab_test_walls_LDADD = libsuite.a $(HARNESS_LIBS) $(CUNIT_LIBS)
tests_lab_test_sockets_LDADD = libsuite.a $(HARNESS_LIBS) $(CUNIT_LIBS)
tests_lab_test_scratch_LDADD = libsuite.a $(HARNESS_LIBS) $(CUNIT_LIBS)
tests_lab_test_store_LDADD = libsuite.a $(HARNESS_LIBS) $(CUNIT_LIBS)

# ---- end to end ----

E2E_TESTS = \
	%D%/e2e/add-a-lesson.sh \
	%D%/e2e/author.sh \
	%D%/e2e/bad-input.sh \
	%D%/e2e/bad-machine.sh \
	%D%/e2e/bad-programs.sh \
	%D%/e2e/book.sh \
	%D%/e2e/calls.sh \
	%D%/e2e/casting.sh \
	%D%/e2e/curriculum.sh \
	%D%/e2e/doctor.sh \
	%D%/e2e/documentation.sh \
	%D%/e2e/formats.sh \
	%D%/e2e/grade.sh \
	%D%/e2e/grade-killed.sh \
	%D%/e2e/guides.sh \
	%D%/e2e/install.sh \
	%D%/e2e/hints.sh \
	%D%/e2e/labs.sh \
	%D%/e2e/leaks.sh \
	%D%/e2e/nothing-left.sh \
	%D%/e2e/package.sh \
	%D%/e2e/page.sh \
	%D%/e2e/predict.sh \
	%D%/e2e/progress.sh \
	%D%/e2e/python-exchange.sh \
	%D%/e2e/record.sh \
	%D%/e2e/same-as-root.sh \
	%D%/e2e/seeds.sh \
	%D%/e2e/show.sh \
	%D%/e2e/student-files.sh \
	%D%/e2e/student-loop.sh \
	%D%/e2e/trace.sh \
	%D%/e2e/unpack.sh \
	%D%/e2e/watch.sh \
	%D%/e2e/without-calls.sh
# The first waits for minutes, and needs a processor for hardly any of them: it goes before all other scripts.
LESSON_TESTS = \
	%D%/lessons/16-keepalive.sh \
	%D%/lessons/01-udp-server.sh \
	%D%/lessons/02-udp-client-port.sh \
	%D%/lessons/03-foreign-address.sh \
	%D%/lessons/04-nobody-there.sh \
	%D%/lessons/05-who-starts.sh \
	%D%/lessons/06-tcp-server.sh \
	%D%/lessons/07-tcp-client-port.sh \
	%D%/lessons/08-stream.sh \
	%D%/lessons/09-half-close.sh \
	%D%/lessons/10-many-clients.sh \
	%D%/lessons/11-http.sh \
	%D%/lessons/12-nobody-listens.sh \
	%D%/lessons/13-push.sh \
	%D%/lessons/14-poll.sh \
	%D%/lessons/15-webhook.sh \
	%D%/lessons/17-upload-download.sh \
	%D%/lessons/18-refused-or-dropped.sh \
	%D%/lessons/19-facade.sh \
	%D%/lessons/20-nat-mapping.sh \
	%D%/lessons/21-nat-filtering.sh \
	%D%/lessons/22-hole-punching.sh \
	%D%/lessons/23-load-balancer.sh \
	%D%/lessons/24-vpn.sh \
	%D%/lessons/25-relay.sh \
	%D%/lessons/26-write-the-rules.sh \
	%D%/lessons/27-write-the-trace.sh
check_PROGRAMS += tests/e2e/forbid
tests_e2e_forbid_SOURCES = %D%/e2e/forbid.c
tests_e2e_forbid_LDADD = $(SECCOMP_LIBS)
TESTS += $(LESSON_TESTS) $(E2E_TESTS)
EXTRA_DIST += $(E2E_TESTS) %D%/e2e/tap.sh %D%/e2e/make_class.py %D%/e2e/package.py %D%/e2e/reaper.c $(LESSON_TESTS) %D%/lessons/prove.sh
EXTRA_DIST += %D%/e2e/documentation.py %D%/e2e/guides.py %D%/e2e/watch.py

# ---- hostile programs, in the sandbox ----

check_PROGRAMS += tests/hostile/box
tests_hostile_box_SOURCES = %D%/hostile/box.c %D%/lab/labs.c %D%/lab/labs.h
tests_hostile_box_LDADD = $(HARNESS_LIBS)
TESTS += %D%/hostile/hostile.sh
EXTRA_DIST += %D%/hostile/hostile.sh %D%/hostile/attack.h %D%/hostile/legit.c

# ---- one call goes wrong, somewhere ----

FAULT_TESTS = %D%/faults/faults.sh %D%/faults/scenarios.sh
TESTS += $(FAULT_TESTS)
EXTRA_DIST += $(FAULT_TESTS) %D%/faults/inject.sh %D%/faults/inject.c \
	%D%/faults/between.py %D%/faults/commands.py %D%/faults/faults.py %D%/faults/injector.py %D%/faults/scenarios.py %D%/faults/tables.py %D%/faults/watched.py

# Many places, and every scenario; half an hour. WINDSOCK_FAULTS: places of each kind; WINDSOCK_SCENARIOS: arguments of
# scenarios.py (--list names them).
check-faults: windsock unpack
	srcdir='$(srcdir)'; $(AM_TESTS_ENVIRONMENT) \
	WINDSOCK_FAULTS=$${WINDSOCK_FAULTS:-300} $(SHELL) $(srcdir)/tests/faults/faults.sh && \
	WINDSOCK_SCENARIOS="$$WINDSOCK_SCENARIOS" $(SHELL) $(srcdir)/tests/faults/scenarios.sh
# ---- make check-engines: real schedulers, in namespaces of their own; as root ----

ENGINE_TESTS = %D%/engines/slurm.sh %D%/engines/parallel.sh
EXTRA_DIST += $(ENGINE_TESTS) %D%/engines/alone.sh %D%/engines/class.sh %D%/engines/finds-cluster.c

check-engines: windsock unpack
	$(MAKE) $(AM_MAKEFLAGS) check TESTS="$(ENGINE_TESTS)" check_PROGRAMS= check_LIBRARIES=

# ---- make check-kernel KERNEL=linux-image-….deb: on another kernel, in a virtual machine ----

EXTRA_DIST += %D%/vm/kernel.sh %D%/vm/init %D%/vm/inside.sh %D%/vm/jobs.txt %D%/vm/summary.awk
check-kernel: windsock unpack $(check_PROGRAMS)
	BUILD=$(abs_builddir) $(SHELL) $(srcdir)/tests/vm/kernel.sh --kernel "$(KERNEL)" $(KERNEL_ARGUMENTS)
.PHONY: check-kernel

# ---- the same verdict, again and again ----

# make soak SOAK_ARGUMENTS="--condition busy --minutes 30": what was seen is kept in soak.json, and the next soak goes on.
EXTRA_DIST += %D%/soak/soak.py
soak: windsock
	$(PYTHON3) $(srcdir)/tests/soak/soak.py --windsock $(abs_builddir)/windsock \
		--lessons $(abs_top_srcdir)/lessons --fixtures $(abs_top_srcdir)/tests/lessons \
		--state $(abs_builddir)/soak.json $(SOAK_ARGUMENTS)

# make soak-manners SOAK_ARGUMENTS="--manner looks-seldom": every solution, behaving otherwise
EXTRA_DIST += %D%/soak/manners.py
soak-manners: windsock
	$(PYTHON3) -B $(srcdir)/tests/soak/manners.py --windsock $(abs_builddir)/windsock \
		--lessons $(abs_top_srcdir)/lessons --fixtures $(abs_top_srcdir)/tests/lessons $(SOAK_ARGUMENTS)

# make soak-class: 1,000 submissions that nobody watches
EXTRA_DIST += %D%/soak/class.py
soak-class: windsock
	$(PYTHON3) $(srcdir)/tests/soak/class.py --windsock $(abs_builddir)/windsock \
		--fixtures $(abs_top_srcdir)/tests/lessons $(SOAK_ARGUMENTS)

# Solutions and wrong programs, by the folder: they are added by adding the file.
dist-hook:
	for lesson in $(LESSONS); do \
		for kind in solution right wrong; do \
			$(MKDIR_P) $(distdir)/tests/lessons/$$lesson/$$kind && \
			for kept in $(srcdir)/tests/lessons/$$lesson/$$kind/*; do \
				case $$kept in *.c|*.trace|*.nft) \
					cp $$kept $(distdir)/tests/lessons/$$lesson/$$kind/ || exit 1 ;; \
				esac; \
			done || exit 1; \
		done; \
	done
	$(MKDIR_P) $(distdir)/tests/fuzz
	cp -R $(srcdir)/tests/fuzz/corpus $(distdir)/tests/fuzz/
	cp -R $(srcdir)/tests/captures $(distdir)/tests/
	$(MKDIR_P) $(distdir)/tests/hostile/compile
	cp $(srcdir)/tests/hostile/[0-9]*.c $(distdir)/tests/hostile/
	cp $(srcdir)/tests/hostile/compile/*.c $(distdir)/tests/hostile/compile/

# The class page in a browser.
EXTRA_DIST += %D%/page/browser.py %D%/page/run.py

# The book.
EXTRA_DIST += %D%/book/run.py

# The formats of platforms: their rules, and schemas that others wrote.
EXTRA_DIST += \
	%D%/formats/checks.py \
	%D%/formats/records.py \
	%D%/formats/run.py \
	%D%/formats/tap.pl \
	%D%/formats/schemas/JUnit.xsd \
	%D%/formats/schemas/LICENSE.apache \
	%D%/formats/schemas/README.md \
	%D%/formats/schemas/junit-10.xsd

# ---- fuzz targets, replayed over their corpora ----

REPLAYS = \
	tests/fuzz/replay_capture \
	tests/fuzz/replay_debugline \
	tests/fuzz/replay_evidence \
	tests/fuzz/replay_handed_in \
	tests/fuzz/replay_hints \
	tests/fuzz/replay_lesson \
	tests/fuzz/replay_markdown \
	tests/fuzz/replay_observe \
	tests/fuzz/replay_packet \
	tests/fuzz/replay_progress \
	tests/fuzz/replay_result \
	tests/fuzz/replay_rules \
	tests/fuzz/replay_trace
check_PROGRAMS += $(REPLAYS)
TESTS += %D%/fuzz/replay.sh
EXTRA_DIST += %D%/fuzz/replay.sh
tests_fuzz_replay_capture_SOURCES = %D%/fuzz/fuzz_capture.c %D%/fuzz/driver.c
tests_fuzz_replay_debugline_SOURCES = %D%/fuzz/fuzz_debugline.c %D%/fuzz/driver.c
tests_fuzz_replay_evidence_SOURCES = %D%/fuzz/fuzz_evidence.c %D%/fuzz/driver.c
tests_fuzz_replay_handed_in_SOURCES = %D%/fuzz/fuzz_handed_in.c %D%/fuzz/driver.c
tests_fuzz_replay_hints_SOURCES = %D%/fuzz/fuzz_hints.c %D%/fuzz/driver.c
tests_fuzz_replay_lesson_SOURCES = %D%/fuzz/fuzz_lesson.c %D%/fuzz/driver.c
tests_fuzz_replay_markdown_SOURCES = %D%/fuzz/fuzz_markdown.c %D%/fuzz/driver.c
tests_fuzz_replay_observe_SOURCES = %D%/fuzz/fuzz_observe.c %D%/fuzz/driver.c
tests_fuzz_replay_packet_SOURCES = %D%/fuzz/fuzz_packet.c %D%/fuzz/driver.c
tests_fuzz_replay_progress_SOURCES = %D%/fuzz/fuzz_progress.c %D%/fuzz/driver.c
tests_fuzz_replay_result_SOURCES = %D%/fuzz/fuzz_result.c %D%/fuzz/driver.c
tests_fuzz_replay_rules_SOURCES = %D%/fuzz/fuzz_rules.c %D%/fuzz/driver.c
tests_fuzz_replay_trace_SOURCES = %D%/fuzz/fuzz_trace.c %D%/fuzz/driver.c

# ---- make fuzz: each target for FUZZ_RUNS inputs, from its corpus; needs clang ----

FUZZ_TARGETS = fuzz_capture fuzz_debugline fuzz_evidence fuzz_handed_in fuzz_hints fuzz_lesson fuzz_markdown fuzz_observe fuzz_packet fuzz_progress fuzz_result fuzz_rules fuzz_trace
FUZZ_RUNS = 100000

FUZZ_CC = clang -std=c11 -D_GNU_SOURCE -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-I$(abs_top_srcdir) -I$(abs_top_srcdir)/src $(PCAP_CFLAGS) $(JANSSON_CFLAGS)

fuzz: src/page_files.c src/help_files.c
	@$(MKDIR_P) tests/fuzz/found tests/fuzz/objects
	@rm -f tests/fuzz/objects/*.o # also of files that are no more
	@echo "  FUZZ     src" && cd tests/fuzz/objects && $(FUZZ_CC) -fsanitize=fuzzer-no-link \
		-c $$(ls $(abs_top_srcdir)/src/*.c $(abs_builddir)/src/page_files.c $(abs_builddir)/src/help_files.c | sort -u)
	@for target in $(FUZZ_TARGETS); do \
		echo "  FUZZ     $$target" && \
		$(FUZZ_CC) -fsanitize=fuzzer -o tests/fuzz/$$target $(top_srcdir)/tests/fuzz/$$target.c \
			tests/fuzz/objects/*.o $(JANSSON_LIBS) && \
		$(MKDIR_P) tests/fuzz/corpus.$$target && \
		tests/fuzz/$$target -runs=$(FUZZ_RUNS) -max_len=4096 -artifact_prefix=tests/fuzz/found/ -print_final_stats=1 \
			tests/fuzz/corpus.$$target $(top_srcdir)/tests/fuzz/corpus/$${target#fuzz_} \
			>tests/fuzz/$$target.out 2>&1 || { tail -n 30 tests/fuzz/$$target.out; exit 1; }; \
		grep -E 'number_of_executed_units' tests/fuzz/$$target.out; \
	done

# ---- make bench: ratios in one run ----

PEERS = tests/bench/bare tests/bench/peer_server tests/bench/peer_client tests/bench/pingpong tests/bench/under_tracer \
	tests/bench/capture_times
EXTRA_PROGRAMS += $(PEERS)
CLEANFILES += $(PEERS)
tests_bench_bare_LDADD = $(MNL_LIBS)
tests_bench_peer_server_LDADD =
tests_bench_peer_client_LDADD =
tests_bench_pingpong_LDADD =
tests_bench_under_tracer_LDADD = $(HARNESS_LIBS)
tests_bench_capture_times_SOURCES = %D%/bench/capture_times.c %D%/lab/labs.c %D%/lab/labs.h
tests_bench_capture_times_LDADD = $(HARNESS_LIBS)
EXTRA_DIST += %D%/bench/bench.py %D%/bench/measure.py %D%/bench/plot.py %D%/bench/packets.py \
	%D%/bench/bench_calls.py %D%/bench/bench_capture.py %D%/bench/bench_case.py %D%/bench/bench_grade.py %D%/bench/bench_hosts.py \
	%D%/bench/bench_items.py %D%/bench/bench_read.py %D%/bench/bench_records.py %D%/bench/bench_watch.py \
	%D%/bench/bench_workers.py %D%/bench/ipnetns.sh %D%/bench/mininet_case.py

BENCH = $(PYTHON3) $(srcdir)/tests/bench/bench.py --bin $(abs_builddir)/tests/bench --windsock $(abs_builddir)/windsock

# All questions, or those of BENCH_ARGUMENTS="--only case,watch"; the answers and their pictures are in bench/ afterwards.
bench: windsock unpack $(PEERS)
	$(BENCH) $(BENCH_ARGUMENTS)

# Each alone.
BENCH_TARGETS = bench-calls bench-capture bench-case bench-class bench-hosts bench-items bench-read bench-records bench-watch bench-workers
$(BENCH_TARGETS): windsock unpack $(PEERS)
	$(BENCH) --only $(@:bench-%=%) $(BENCH_ARGUMENTS)

# Planning and reconciling a class of 100,000 records: linear in time, flat in memory. Needs 3 GB where it works.
bench-scale: windsock
	$(PYTHON3) $(srcdir)/tests/bench/bench_records.py --windsock $(abs_builddir)/windsock \
		--records 25000,50000,100000 --strict $(BENCH_ARGUMENTS)

# Every text that the program can say, with its place: to be read in one go, for tone, doubles and hard words.
messages:
	@cd $(srcdir) && $(PYTHON3) tests/messages.py

EXTRA_DIST += %D%/messages.py

clean-local:
	-rm -rf bench tests/fuzz/found tests/fuzz/objects tests/fuzz/corpus.fuzz_* tests/fuzz/*.out
	-test "$(srcdir)" = . || rm -f lessons
	-for target in $(FUZZ_TARGETS); do rm -f tests/fuzz/$$target; done

.PHONY: bench $(BENCH_TARGETS) bench-scale check-engines check-faults dist-hook fuzz messages soak soak-class soak-manners
