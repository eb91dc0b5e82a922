/* diagnose.c - the table of diagnoses, the nearest to the cause first. */
#include "diagnose_parts.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
	const char *id;
	diagnosis_test *test;
} table[] = {
	/* The student's own trace: where it is judged nothing else is. */
	{"trace-not-readable", find_trace_not_readable},
	{"trace-wrong-way", find_trace_wrong_way},
	{"trace-port-demanded", find_trace_port_demanded},
	{"trace-order-demanded", find_trace_order_demanded},
	{"trace-too-strict", find_trace_too_strict},
	{"trace-too-loose", find_trace_too_loose},
	/* The student's own rules: what they let through, and what not. */
	{"rules-open", find_rules_open},
	{"rules-only-input", find_rules_only_input},
	{"rules-stateless", find_rules_stateless},
	{"rules-too-wide", find_rules_too_wide},
	{"rules-refused-silence", find_rules_refused_silence},
	{"rules-answers-stopped", find_rules_answers_stopped},
	{"rules-source-port", find_rules_source_port},
	{"rules-other-way", find_rules_other_way},
	{"rules-stopped", find_rules_stopped},
	{"rules-silent-refusal", find_rules_silent_refusal},
	{"rules-refused-beyond", find_rules_refused_beyond},
	{"rules-not-led", find_rules_not_led},
	{"rules-led-and-stopped", find_rules_led_and_stopped},
	{"rules-led-elsewhere", find_rules_led_elsewhere},
	/* What makes everything after it meaningless. */
	{"prints-forever", find_prints_forever},
	{"forks-forever", find_forks_forever},
	{"endless-exchange", find_endless_exchange},
	{"takes-all-memory", find_takes_all_memory},
	{"tunnel-in-itself", find_tunnel_in_itself},
	{"end-ignored", find_end_answered},
	{"floods", find_floods},
	{"crashed", find_crashed},
	{"cpu-limit", find_cpu_limit},
	{"ended-by-signal", find_ended_by_signal},
	/* Who owns which port. */
	{"nat-mapping-assumed", find_nat_mapping_assumed},
	{"worker-not-called", find_worker_not_called},
	/* Two who call each other: before those that know a caller and one that is called. */
	{"waits-behind-firewall", find_waits_behind_firewall},
	{"left-too-early", find_left_too_early},
	{"call-failed", find_called_twice},
	{"other-argument", find_ports_exchanged},
	{"both-speak-second", find_both_speak_second},
	{"never-said-done", find_both_keep_open},
	{"closed-unread", find_met_unread},
	{"wrong-way", find_wrong_way},
	{"wrong-way", find_listens_at_home},
	{"inside-name", find_inside_name},
	{"private-address", find_private_address},
	/* Through a NAT: who was asked, over which socket, and what it was taken for. */
	{"connected-filters", find_connected_filters},
	{"several-sockets", find_several_sockets},
	{"answers-unread", find_answers_unread},
	{"opened-the-door", find_opened_the_door},
	{"asked-again", find_asked_again},
	{"not-asked", find_not_asked},
	{"wrong-conclusion", find_wrong_conclusion},
	{"silent-client", find_silent_peer},
	{"wrong-host", find_punched_elsewhere},
	{"waited-for-punch", find_waited_for_punch},
	{"never-punched", find_never_punched},
	{"took-strangers-word", find_took_strangers_word},
	{"answered-announced", find_answered_announced},
	{"punched-once", find_punched_once},
	{"no-fallback", find_no_fallback},
	{"extra-message", find_late_punch},
	{"gone-too-soon", find_gone_too_soon},
	{"text-not-said", find_text_not_said},
	{"waits-on-own-call", find_waits_on_own_call},
	{"byte-order", find_byte_order},
	{"wrong-transport", find_wrong_transport},
	{"loopback-only", find_loopback_only},
	{"wrong-family", find_wrong_family},
	{"called-beforehand", find_called_beforehand},
	{"called-too-early", find_called_too_early},
	{"not-listening", find_not_listening},
	{"listen-without-bind", find_listen_without_bind},
	{"bound-any-port", find_bound_any_port},
	{"turn-not-taken", find_turn_not_taken},
	{"next-not-tried", find_next_not_tried},
	{"wrong-port", find_wrong_port},
	{"wrong-port", find_own_port_at_peer},
	{"wrong-host", find_wrong_host},
	{"connected-to-first-client", find_connected_to_first_client},
	/* A relay: two connections that are joined. */
	{"ended-with-one", find_ended_with_one},
	{"passed-back", find_passed_back},
	{"own-words", find_own_words},
	{"ended-both", find_ended_both},
	{"not-passed-on", find_not_passed_on},
	{"end-not-passed-on", find_end_not_passed_on},
	/* Several callers at once. */
	{"answer-to-other-caller", find_answer_to_other_caller},
	{"ended-with-one-caller", find_ended_with_one_caller},
	{"answer-unwanted", find_answer_unwanted},
	{"still-listening", find_still_listening},
	{"one-at-a-time", find_one_at_a_time},
	{"listener-closed", find_queue_reset},
	/* A router that has forgotten who is behind it. */
	{"new-socket-each-time", find_heartbeat_elsewhere},
	{"news-unread", find_news_unread},
	{"gave-up-early", find_waited_too_short},
	{"keepalive-elsewhere", find_keepalive_elsewhere},
	{"heartbeat-empty", find_heartbeat_empty},
	{"keepalive-too-late", find_keepalive_too_late},
	{"keepalive-once", find_keepalive_once},
	{"keepalive-off", find_keepalive_off},
	{"forgotten", find_forgotten},
	/* A file: so many bytes one way. */
	{"wrong-way", find_called_own_address},
	{"sent-the-other-way", find_sent_the_other_way},
	{"sent-back", find_sent_back},
	{"file-not-sent", find_file_not_sent},
	{"file-cut", find_file_cut},
	{"file-too-long", find_file_too_long},
	{"file-not-counted", find_file_not_counted},
	/* Names that are told in words. */
	{"own-name", find_own_name},
	{"byte-order", find_name_turned},
	{"name-of-another", find_name_of_another},
	{"port-kept", find_port_kept},
	{"name-of-another-socket", find_name_of_another_socket},
	{"name-not-asked", find_name_not_asked},
	/* Addresses that a host has, has not, or gets later. */
	{"address-not-there-yet", find_address_not_there_yet},
	{"spoke-too-early", find_spoke_too_early},
	{"answer-from-other-address", find_answer_from_other_address},
	{"bound-another-address", find_bound_another_address},
	{"refusal-of-bind-fatal", find_refusal_of_bind_fatal},
	{"refusal-of-bind-ignored", find_refusal_of_bind_ignored},
	{"freebind-hides", find_freebind_hides},
	{"asked-without-bind", find_asked_without_bind},
	{"bound-twice", find_bound_twice},
	{"wrong-conclusion", find_consent_of_bind_turned},
	/* How a port answers, and what a program says of it. */
	{"waits-for-ever", find_waits_for_ever},
	{"begun-is-not-failed", find_begun_is_not_failed},
	{"refusal-is-an-answer", find_refusal_is_an_answer},
	{"open-not-recognized", find_open_not_recognized},
	{"outcome-not-asked", find_outcome_not_asked},
	{"outcome-too-early", find_outcome_too_early},
	{"sent-is-not-answered", find_sent_is_not_answered},
	{"connect-sends-nothing", find_connect_sends_nothing},
	{"who-refused", find_who_refused},
	{"silence-is-no-refusal", find_silence_is_no_refusal},
	{"refusal-not-heard", find_refusal_not_heard},
	{"refusal-taken-for-silence", find_refusal_taken_for_silence},
	{"gave-up-early", find_called_silent_too_soon},
	{"wrong-order", find_told_behind_next},
	/* A tunnel: packets in datagrams. */
	{"packet-padded", find_packet_padded},
	{"packet-cut", find_packet_cut},
	{"peer-port-changed", find_peer_port_changed},
	{"tunnel-not-written", find_tunnel_not_written},
	{"tunnel-not-read", find_tunnel_not_read},
	/* Again who owns which port. */
	{"listener-closed", find_listener_closed},
	{"one-client-only", find_one_client_only},
	{"request-unanswered", find_request_unanswered},
	{"one-answer-only", find_one_answer_only},
	{"same-pair-again", find_same_pair_again},
	{"address-in-use", find_address_in_use},
	{"address-in-use", find_port_taken},
	{"recv-on-listener", find_recv_on_listener},
	{"shut-too-early", find_shut_too_early},
	{"sent-unconnected", find_sent_unconnected},
	/* A call that failed, where nothing else is seen of the program. */
	{"arguments-miscounted", find_arguments_miscounted},
	{"called-itself", find_called_itself},
	{"not-my-address", find_not_my_address},
	{"no-route", find_no_route},
	{"not-a-socket", find_not_a_socket},
	{"bad-descriptor", find_bad_descriptor},
	{"no-family", find_no_family},
	{"not-permitted", find_not_permitted},
	{"not-connected", find_not_connected},
	{"address-in-use-ignored", find_address_in_use_ignored},
	{"error-ignored", find_error_ignored},
	{"call-failed", find_call_failed},
	/* The port that was used. */
	{"nothing-bound", find_nothing_bound},
	{"bound-another-socket", find_bound_another_socket},
	{"bound-another-socket", find_waits_on_another_socket},
	{"other-argument", find_other_port_argument},
	{"hard-coded", find_hard_coded_port},
	{"source-not-bound", find_source_not_bound},
	/* HTTP: its form, and when it was said. */
	{"answered-unread", find_answered_unread},
	{"piece-for-whole", find_piece_for_whole},
	{"said-twice", find_answered_twice},
	{"first-line-missing", find_first_line_missing},
	{"bare-newline", find_bare_newline},
	{"header-not-ended", find_header_not_ended},
	{"length-missing", find_length_missing},
	{"body-missing", find_body_missing},
	{"length-too-large", find_length_too_large},
	{"length-too-small", find_length_too_small},
	{"connection-not-kept", find_connection_not_kept},
	{"length-not-used", find_length_not_used},
	{"status-ignored", find_status_ignored},
	{"wrong-status", find_wrong_status},
	{"wrong-body", find_wrong_body},
	/* Which socket spoke, and to whom. */
	{"reply-from-other-socket", find_reply_from_other_socket},
	{"reply-to-first-client", find_reply_to_first_client},
	{"reply-to-server-port", find_reply_to_server_port},
	{"reply-to-fixed-port", find_reply_to_fixed_port},
	{"wrong-port", find_went_on_elsewhere},
	{"new-socket-each-time", find_new_socket_each_time},
	{"polls-not-push", find_polls_not_push},
	{"two-connections", find_two_connections},
	{"same-connection-again", find_same_connection_again},
	{"push-not-poll", find_push_not_poll},
	{"asked-in-parallel", find_asked_in_parallel},
	{"busy-poll", find_busy_poll},
	{"pause-too-long", find_pause_too_long},
	{"asks-on", find_asks_on},
	/* Peers of whom either may begin. */
	{"nobody-began", find_nobody_began},
	{"crossing-ignored", find_crossing_ignored},
	/* Where a line ends, and where a direction ends. */
	{"piece-as-line", find_piece_as_line},
	{"several-lines-as-one", find_several_lines_as_one},
	{"rest-thrown-away", find_rest_thrown_away},
	{"waits-behind-newline", find_waits_behind_newline},
	{"newline-missing", find_newlines_missing},
	{"never-said-done", find_never_said_done},
	{"shut-reading", find_shut_reading},
	{"close-not-shutdown", find_close_not_shutdown},
	{"reset-not-fin", find_reset_by_linger},
	/* What was said, and when. */
	{"broken-pipe", find_broken_pipe},
	{"said-twice", find_said_twice},
	{"did-not-wait", find_did_not_wait},
	{"messages-merged", find_messages_merged},
	{"newline-missing", find_newline_missing},
	{"newline-added", find_newline_added},
	{"carriage-return", find_carriage_return},
	{"empty-message", find_empty_message},
	{"empty-message", find_sent_nothing},
	{"length-of-question", find_length_of_question},
	{"sizeof-pointer", find_sizeof_pointer},
	{"message-split", find_message_split},
	{"port-left-out", find_port_left_out},
	{"wrong-order", find_said_late},
	{"said-too-much", find_said_too_much},
	{"message-too-long", find_message_too_long},
	{"message-cut", find_message_cut},
	{"echoed", find_echoed},
	{"wrong-order", find_wrong_order},
	{"other-argument", find_other_argument},
	{"hard-coded", find_hard_coded},
	{"wrong-header", find_wrong_header},
	{"not-text", find_not_text},
	{"extra-message", find_went_on},
	{"wrong-text", find_wrong_text},
	/* How it ended. */
	{"never-accepted", find_never_accepted},
	{"call-failed", find_answer_failed},
	{"accepted-not-read", find_accepted_not_read},
	{"gave-up-early", find_gave_up_early},
	{"hung-up-early", find_hung_up_early},
	{"hung-up-early", find_left_behind_shutdown},
	{"closed-unread", find_closed_unread},
	{"short-read", find_short_read},
	{"reset-not-fin", find_reset_not_fin},
	{"closed-without-answer", find_closed_without_answer},
	{"descriptor-leaked", find_descriptor_leaked},
	{"end-ignored", find_end_ignored},
	{"never-closed", find_never_closed},
	{"silent-client", find_silent_client},
	{"gave-up-early", find_answer_too_late},
	{"exited-early", find_exited_early},
	{"call-failed", find_failed_midway},
	{"busy-loop", find_busy_loop},
	{"both-wait", find_both_wait},
	{"wrong-port", find_another_port_too},
	{"wrong-way", find_peer_began},
	{"no-answer", find_no_answer},
	{"missing-message", find_missing_message},
	{"extra-message", find_extra_message},
	{"divergence", find_divergence}, /* fits always */
};

size_t diagnose_count(void)
{
	return sizeof table / sizeof table[0];
}

const char *diagnose_id(size_t i)
{
	return table[i].id;
}

void diagnose(const struct scene *scene, const struct match *match, struct finding *finding)
{
	struct look look = {scene, match, NULL, finding};

	*finding = (struct finding){0};
	if (match->first != SIZE_MAX)
		look.first = &match->pairings[match->first];
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].test(&look)) {
			finding->id = table[i].id;
			return;
		}
}

void finding_free(struct finding *finding)
{
	text_free(&finding->seen);
	text_free(&finding->means);
	text_free(&finding->next);
	text_free(&finding->call);
}

#define SAY(WHAT)                                                       \
	void say_##WHAT(const struct look *look, const char *format, ...) \
	{                                                               \
		va_list arguments;                                      \
                                                                        \
		va_start(arguments, format);                            \
		say(&look->finding->WHAT, format, arguments);           \
		va_end(arguments);                                      \
	}

static void say(struct text *text, const char *format, va_list arguments)
{
	char sentence[1024];

	vsnprintf(sentence, sizeof sentence, format, arguments);
	text_free(text);
	text_add(text, sentence);
}

SAY(seen)
SAY(means)
SAY(next)
