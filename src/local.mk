# The pure half: bytes in, verdict out. No fork, no clock, no socket.
noinst_LIBRARIES += libwindsock.a
libwindsock_a_SOURCES = \
	%D%/address.c \
	%D%/align.c %D%/align.h \
	%D%/align_pattern.c \
	%D%/automaton.c %D%/automaton.h \
	%D%/assign.c %D%/assign.h \
	%D%/bundle.c %D%/bundle.h \
	%D%/bundle_zip.c \
	%D%/call.c %D%/call.h \
	%D%/call_json.c \
	%D%/capture.c %D%/capture.h \
	%D%/capture_compare.c %D%/capture_compare.h \
	%D%/capture_stream.c \
	%D%/chunks.c %D%/chunks.h \
	%D%/class_table.c %D%/class_table.h \
	%D%/connection.c \
	%D%/debugline.c %D%/debugline.h \
	%D%/diagnose.c %D%/diagnose.h %D%/diagnose_parts.h \
	%D%/diagnose_address.c \
	%D%/diagnose_balance.c \
	%D%/diagnose_calls.c \
	%D%/diagnose_end.c \
	%D%/diagnose_facade.c \
	%D%/diagnose_file.c \
	%D%/diagnose_firewall.c \
	%D%/diagnose_http.c \
	%D%/diagnose_http_talk.c \
	%D%/diagnose_meet.c \
	%D%/diagnose_memory.c \
	%D%/diagnose_one_client.c \
	%D%/diagnose_order.c \
	%D%/diagnose_parts.c \
	%D%/diagnose_many.c \
	%D%/diagnose_port.c \
	%D%/diagnose_program.c \
	%D%/diagnose_nat.c \
	%D%/diagnose_punch.c \
	%D%/diagnose_ready.c \
	%D%/diagnose_relay.c \
	%D%/diagnose_reply.c \
	%D%/diagnose_rules.c \
	%D%/diagnose_silence.c \
	%D%/diagnose_source.c \
	%D%/diagnose_stream.c \
	%D%/diagnose_trace.c \
	%D%/diagnose_tunnel.c \
	%D%/diagnose_views.c \
	%D%/diagnose_witness.c \
	%D%/diagnose_words.c \
	%D%/directions.c %D%/directions.h \
	%D%/draft.c %D%/draft.h %D%/draft_parts.h \
	%D%/draft_join.c \
	%D%/draft_repeat.c \
	%D%/draft_same.c \
	%D%/draft_say.c \
	%D%/error.c %D%/error.h \
	%D%/event.c \
	%D%/evidence.c %D%/evidence.h \
	%D%/fill.c %D%/fill.h \
	%D%/flow.c %D%/flow.h %D%/flow_state.h \
	%D%/fnv.h \
	%D%/format_autolab.c \
	%D%/format_check50.c \
	%D%/format_csv.c \
	%D%/format_exercism.c \
	%D%/format_github_classroom.c \
	%D%/format_gradescope.c \
	%D%/format_jsonl.c \
	%D%/format_junit.c \
	%D%/format_parts.c %D%/format_parts.h \
	%D%/format_prairielearn.c \
	%D%/format_tap.c \
	%D%/formats.c %D%/formats.h \
	%D%/fragment.c %D%/fragment.h \
	%D%/frame.c %D%/frame.h \
	%D%/keys.c %D%/keys.h \
	%D%/glyph.c %D%/glyph.h \
	%D%/handed_in.c %D%/handed_in.h \
	%D%/handed_in_metadata.c \
	%D%/hints_file.c %D%/hints_file.h \
	%D%/help.c %D%/help.h %D%/help_parts.h \
	%D%/help_diagnosis.c \
	%D%/hosts.c %D%/hosts.h \
	%D%/http.c %D%/http.h \
	%D%/imagine.c %D%/imagine.h \
	%D%/jsonout.c %D%/jsonout.h \
	%D%/ladder.c %D%/ladder.h \
	%D%/libpcap.c %D%/libpcap.h \
	%D%/library.c %D%/library.h \
	%D%/lesson.c %D%/lesson.h \
	%D%/lesson_case.c \
	%D%/lesson_firewall.c \
	%D%/lesson_network.c \
	%D%/lesson_parse.c %D%/lesson_parts.h \
	%D%/lesson_program.c \
	%D%/lesson_words.c \
	%D%/lexer.c %D%/lexer.h \
	%D%/markdown.c %D%/markdown.h \
	%D%/lint.c %D%/lint.h %D%/lint_parts.h \
	%D%/lint_lesson.c \
	%D%/lint_proof.c \
	%D%/lint_words.c \
	%D%/match.c %D%/match.h %D%/match_parts.h \
	%D%/match_cheapest.c \
	%D%/match_exact.c \
	%D%/match_fits.c \
	%D%/match_pair.c \
	%D%/match_ports.c \
	%D%/merge.c %D%/merge.h \
	%D%/observe.c %D%/observe.h \
	%D%/pace_reckon.c %D%/pace_reckon.h \
	%D%/packet.c %D%/packet.h \
	%D%/page.c %D%/page_parts.h \
	%D%/page_record.c \
	%D%/page_words.c %D%/page_words.h \
	%D%/params.c %D%/params.h \
	%D%/picture.c %D%/picture.h %D%/picture_parts.h \
	%D%/picture_arrows.c \
	%D%/picture_calls.c \
	%D%/picture_join.c \
	%D%/prediction.c %D%/prediction.h \
	%D%/progress_file.c %D%/progress_file.h \
	%D%/report.c %D%/report.h \
	%D%/result_explain.c %D%/result_explain.h \
	%D%/result.c %D%/result.h %D%/result_parts.h \
	%D%/result_fields.c \
	%D%/result_json.c \
	%D%/rules_check.c %D%/rules_check.h \
	%D%/scene.c %D%/scene.h \
	%D%/schedstat.c %D%/schedstat.h \
	%D%/script.c %D%/script.h \
	%D%/seal.c %D%/seal.h \
	%D%/sentinel.c %D%/sentinel.h \
	%D%/sha256.c %D%/sha256.h \
	%D%/sockstate.h \
	%D%/stream.c %D%/stream.h \
	%D%/student_trace.c %D%/student_trace.h \
	%D%/svg.c %D%/svg.h \
	%D%/text.c %D%/text.h \
	%D%/tie.c %D%/tie.h \
	%D%/trace.c %D%/trace.h \
	%D%/trace_parse.c %D%/trace_parse_parts.h \
	%D%/trace_parse_endpoint.c \
	%D%/trace_parse_item.c \
	%D%/trace_print.c \
	%D%/traffic.c %D%/traffic.h \
	%D%/utf8.c %D%/utf8.h \
	%D%/verdict.c %D%/verdict.h

# The class page's own files, as strings: one file is all that there is of the page.
nodist_libwindsock_a_SOURCES = %D%/page_files.c
PAGE_FILES = %D%/page/page.html %D%/page/page.css %D%/page/page.js
EXTRA_DIST += $(PAGE_FILES)
CLEANFILES += %D%/page_files.c
%D%/page_files.c: $(PAGE_FILES)
	$(AM_V_GEN)$(MKDIR_P) %D% && { \
		echo '#include "page_parts.h"'; \
		for kind in html css js; do \
			echo "const char page_$$kind[] ="; \
			sed -e 's/[\\"?]/\\&/g; s/^/"/; s/$$/\\n"/' $(srcdir)/%D%/page/page.$$kind; \
			echo ';'; \
		done; } > $@.new && mv $@.new $@

# The pages of docs/, for `windsock help`: an installed windsock knows them without their files.
nodist_libwindsock_a_SOURCES += %D%/help_files.c
HELP_PAGES = $(dist_doc_DATA) $(dist_platforms_DATA)
CLEANFILES += %D%/help_files.c
%D%/help_files.c: $(HELP_PAGES) docs/local.mk
	$(AM_V_GEN)$(MKDIR_P) %D% && { \
		echo '#include "help_parts.h"'; \
		echo 'const struct help_page help_pages[] = {'; \
		for page in $(HELP_PAGES); do \
			echo "{\"$$(basename $$page .md)\","; \
			sed -e 's/[\\"?]/\\&/g; s/^/"/; s/$$/\\n"/' $(srcdir)/$$page; \
			echo '},'; \
		done; \
		echo '};'; \
		echo 'const size_t help_page_count = sizeof help_pages / sizeof help_pages[0];'; \
		} > $@.new && mv $@.new $@
