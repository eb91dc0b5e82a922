# The half that touches the kernel: labs, capture, programs, and windsock itself.
noinst_LIBRARIES += libharness.a
libharness_a_SOURCES = \
	%D%/activity.c %D%/activity.h \
	%D%/archive.c %D%/archive.h \
	%D%/argv.c %D%/argv.h \
	%D%/aside.c %D%/aside.h \
	%D%/attempt.c %D%/attempt.h \
	%D%/author.c %D%/author.h \
	%D%/beneath.c %D%/beneath.h \
	%D%/build.c %D%/build.h \
	%D%/build_cache.c %D%/build_cache.h \
	%D%/calls.c %D%/calls.h %D%/calls_parts.h \
	%D%/calls_decode.c \
	%D%/calls_filter.c \
	%D%/calls_lines.c \
	%D%/calls_tracer.c \
	%D%/cast.c \
	%D%/cgroup.c %D%/cgroup.h \
	%D%/check.c %D%/check.h %D%/check_parts.h \
	%D%/check_aloud.c \
	%D%/check_print.c \
	%D%/check_record.c \
	%D%/check_student.c \
	%D%/check_tell.c \
	%D%/checker.c %D%/checker.h \
	%D%/cleanup.h \
	%D%/clock.h \
	%D%/class_page.c %D%/class_page.h \
	%D%/course.c %D%/course.h \
	%D%/die.c %D%/die.h \
	%D%/doctor.c %D%/doctor.h \
	%D%/doctor_folder.c %D%/doctor_folder.h \
	%D%/doctor_lessons.c \
	%D%/doctor_steps.c %D%/doctor_steps.h \
	%D%/drain.c %D%/drain.h \
	%D%/engine.c %D%/engine.h \
	%D%/engine_folder.c \
	%D%/engine_nodes.c \
	%D%/engine_parallel.c \
	%D%/engine_settings.c \
	%D%/engine_slurm.c \
	%D%/evidence_folder.c \
	%D%/files.c %D%/files.h \
	%D%/firewall.c %D%/firewall.h \
	%D%/grade.c %D%/grade.h \
	%D%/grade_end.c \
	%D%/grade_on.c \
	%D%/grade_pool.c \
	%D%/grade_unit.c \
	%D%/handed.c %D%/handed.h \
	%D%/hints.c %D%/hints.h \
	%D%/lab.c %D%/lab.h %D%/lab_parts.h \
	%D%/lab_links.c \
	%D%/lab_settings.c \
	%D%/lab_switch.c \
	%D%/libnftables.c %D%/libnftables.h \
	%D%/lint_runs.c %D%/lint_runs.h \
	%D%/nat.c %D%/nat.h \
	%D%/netlink.c %D%/netlink.h \
	%D%/pace.c %D%/pace.h \
	%D%/package.c %D%/package.h \
	%D%/package_values.c \
	%D%/packet_socket.c %D%/packet_socket.h \
	%D%/plan.c \
	%D%/player.c %D%/player.h %D%/player_parts.h \
	%D%/player_callers.c \
	%D%/player_talk.c \
	%D%/progress.c %D%/progress.h \
	%D%/progress_overview.c \
	%D%/queued.c %D%/queued.h \
	%D%/record.c \
	%D%/rules.c %D%/rules.h \
	%D%/ruleset.c %D%/ruleset.h \
	%D%/run.c %D%/run.h %D%/run_state.h \
	%D%/run_clocks.c \
	%D%/sandbox.c %D%/sandbox.h %D%/sandbox_parts.h \
	%D%/sandbox_filter.c \
	%D%/sandbox_limits.c \
	%D%/sandbox_mounts.c \
	%D%/sandbox_root.c \
	%D%/saves.c %D%/saves.h \
	%D%/scratch.c %D%/scratch.h \
	%D%/screen.c %D%/screen.h \
	%D%/shaper.c \
	%D%/sniffer.c %D%/sniffer.h \
	%D%/sockets.c %D%/sockets.h \
	%D%/store.c %D%/store.h \
	%D%/student_file.c %D%/student_file.h \
	%D%/submissions.c %D%/submissions.h \
	%D%/tcpdump.c %D%/tcpdump.h \
	%D%/terminal.c %D%/terminal.h \
	%D%/tunnel.c \
	%D%/userns.c \
	%D%/walls.c %D%/walls.h \
	%D%/workspace.c %D%/workspace.h
libharness_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-DWINDSOCK_DATADIR='"$(pkgdatadir)"' -DWINDSOCK_LIBEXECDIR='"$(pkglibexecdir)"'

# What a package for a platform is made of, as strings; cmd_package.c fills them in.
nodist_libharness_a_SOURCES = %D%/package_files.c
PACKAGE_FILES = \
	%D%/package/common/grade.sh %D%/package/common/setup.sh \
	%D%/package/autolab/README.md %D%/package/autolab/autograde-Makefile \
	%D%/package/check50/README.md %D%/package/check50/LESSON/.cs50.yaml %D%/package/check50/LESSON/__init__.py \
	%D%/package/ci/README.md %D%/package/ci/repository/.github/workflows/windsock.yml \
	%D%/package/ci/repository/.gitlab-ci.yml \
	%D%/package/exercism/README.md %D%/package/exercism/Dockerfile %D%/package/exercism/bin/run.sh \
	%D%/package/github-classroom/README.md \
	%D%/package/github-classroom/repository/.github/workflows/classroom.yml \
	%D%/package/gradescope/README.md %D%/package/gradescope/run_autograder %D%/package/gradescope/setup.sh \
	%D%/package/prairielearn/README.md %D%/package/prairielearn/image/Dockerfile \
	%D%/package/prairielearn/questions/LESSON/info.json \
	%D%/package/prairielearn/questions/LESSON/question.html \
	%D%/package/prairielearn/questions/LESSON/tests/run.sh
EXTRA_DIST += $(PACKAGE_FILES)
CLEANFILES += %D%/package_files.c
%D%/package_files.c: $(PACKAGE_FILES)
	$(AM_V_GEN)$(MKDIR_P) %D% && { \
		echo '#include "package.h"'; \
		echo 'const struct package_form package_forms[] = {'; \
		for file in $(PACKAGE_FILES); do \
			echo "{\"$${file#%D%/package/}\","; \
			sed -e 's/[\\"?]/\\&/g; s/^/"/; s/$$/\\n"/' $(srcdir)/$$file; \
			echo '},'; \
		done; \
		echo '{0}};'; } > $@.new && mv $@.new $@

# For Ubuntu, where an administrator loads it: docs/walls.md.
apparmordir = $(pkgdatadir)/apparmor
dist_apparmor_DATA = %D%/apparmor/windsock
# For Docker: docs/platforms/containers.md.
containerdir = $(pkgdatadir)/container
dist_container_DATA = %D%/container/seccomp.json

bin_PROGRAMS += windsock
windsock_SOURCES = \
	%D%/main.c %D%/commands.h \
	%D%/cmd_check.c \
	%D%/cmd_demo.c \
	%D%/cmd_doctor.c \
	%D%/cmd_grade.c \
	%D%/cmd_help.c \
	%D%/cmd_hint.c \
	%D%/cmd_lint.c \
	%D%/cmd_list.c \
	%D%/cmd_match.c \
	%D%/cmd_new.c %D%/new_files.h \
	%D%/cmd_package.c \
	%D%/cmd_predict.c \
	%D%/cmd_record.c \
	%D%/cmd_report.c \
	%D%/cmd_reset.c \
	%D%/cmd_show.c \
	%D%/cmd_start.c \
	%D%/cmd_trace.c \
	%D%/cmd_watch.c \
	%D%/watch.c %D%/watch.h %D%/watch_parts.h \
	%D%/watch_place.c \
	%D%/watch_views.c \
	%D%/watch_words.c \
	%D%/named.c %D%/named.h
windsock_LDADD = $(HARNESS_LIBS)
# Each run is a process of its own: what the first has looked up in the libraries, the others need not.
windsock_LDFLAGS = -Wl,-z,relro,-z,now

HARNESS_LIBS = libharness.a libwindsock.a $(MNL_LIBS) $(JANSSON_LIBS) $(SECCOMP_LIBS)

# The demo's two programs: one source, which is no solution of the lesson that they show.
pkglibexec_PROGRAMS = demo-right demo-wrong unpack
demo_right_SOURCES = %D%/demo_server.c
demo_wrong_SOURCES = %D%/demo_server.c
demo_wrong_CPPFLAGS = $(AM_CPPFLAGS) -DDEMO_WRONG
demo_right_CFLAGS = -std=c11 -O1
demo_wrong_CFLAGS = -std=c11 -O1
demo_right_LDADD =
unpack_SOURCES = %D%/unpack.c
unpack_LDADD = $(ARCHIVE_LIBS) $(SECCOMP_LIBS)
demo_wrong_LDADD =

# The lessons that `windsock new` makes, as strings: an installed windsock makes them without these files. What stands
# in any/ is part of each.
NEW_FILES = \
	%D%/new/any/Makefile \
	%D%/new/udp/README.md \
	%D%/new/udp/hints.md \
	%D%/new/udp/lesson \
	%D%/new/udp/server.c \
	%D%/new/udp/traces/one-name.trace \
	%D%/new/udp/traces/two-names.trace \
	%D%/new/udp/solution/server.c \
	%D%/new/udp/right/in-pieces.c \
	%D%/new/udp/wrong/no-name.c \
	%D%/new/udp/wrong/with-nul.c \
	%D%/new/tcp/README.md \
	%D%/new/tcp/hints.md \
	%D%/new/tcp/lesson \
	%D%/new/tcp/server.c \
	%D%/new/tcp/traces/one-name.trace \
	%D%/new/tcp/traces/two-names.trace \
	%D%/new/tcp/solution/server.c \
	%D%/new/tcp/right/byte-by-byte.c \
	%D%/new/tcp/wrong/no-name.c \
	%D%/new/tcp/wrong/one-recv.c
EXTRA_DIST += $(NEW_FILES)
nodist_windsock_SOURCES = %D%/new_files.c
CLEANFILES += %D%/new_files.c
%D%/new_files.c: $(NEW_FILES)
	$(AM_V_GEN)$(MKDIR_P) %D% && { \
		echo '#include "new_files.h"'; \
		echo 'const struct new_file new_files[] = {'; \
		for file in $(NEW_FILES); do \
			echo "{\"$${file#*/new/}\","; \
			sed -e 's/[\\"?]/\\&/g; s/^/"/; s/$$/\\n"/' $(srcdir)/$$file; \
			echo '},'; \
		done; \
		echo '};'; \
		echo 'const size_t new_file_count = sizeof new_files / sizeof new_files[0];'; } > $@.new && mv $@.new $@
