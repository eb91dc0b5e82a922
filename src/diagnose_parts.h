/* diagnose_parts.h - what the diagnoses share. Private to diagnose*.c. */
#ifndef WINDSOCK_DIAGNOSE_PARTS_H
#define WINDSOCK_DIAGNOSE_PARTS_H

#include "diagnose.h"

/* A case as a diagnosis looks at it. */
struct look {
	const struct scene *scene;
	const struct match *match;
	const struct pairing *first; /* the first divergence; NULL: only a `where` fails */
	struct finding *finding;
};

/* Whether it fits; if so the finding's three texts are filled in. */
typedef bool diagnosis_test(const struct look *look);

/* diagnose_trace.c: the student's own trace, where the verdict is about it */
diagnosis_test find_trace_not_readable, find_trace_wrong_way, find_trace_port_demanded, find_trace_order_demanded,
	find_trace_too_strict, find_trace_too_loose;
/* diagnose_rules.c: the student's own rules of a firewall */
diagnosis_test find_rules_open, find_rules_only_input, find_rules_stateless, find_rules_too_wide,
	find_rules_refused_silence, find_rules_answers_stopped, find_rules_source_port, find_rules_other_way,
	find_rules_stopped, find_rules_silent_refusal, find_rules_refused_beyond, find_rules_not_led,
	find_rules_led_and_stopped, find_rules_led_elsewhere;
/* diagnose_program.c: the program itself */
diagnosis_test find_prints_forever, find_forks_forever, find_takes_all_memory, find_end_answered, find_floods,
	find_crashed, find_ended_by_signal,
	find_sent_unconnected, find_broken_pipe, find_cpu_limit, find_exited_early;
/* diagnose_port.c: who owns which port */
diagnosis_test find_wrong_way, find_byte_order, find_wrong_transport, find_loopback_only, find_wrong_family,
	find_not_listening, find_listen_without_bind, find_bound_any_port, find_wrong_port, find_another_port_too,
	find_wrong_host,
	find_connected_to_first_client, find_listener_closed, find_one_client_only, find_one_answer_only,
	find_nothing_bound, find_called_too_early, find_nat_mapping_assumed;
/* diagnose_source.c: the port that a client calls from */
diagnosis_test find_address_in_use, find_address_in_use_ignored, find_bound_another_socket, find_waits_on_another_socket,
	find_other_port_argument,
	find_same_pair_again, find_hard_coded_port, find_source_not_bound;
/* diagnose_calls.c: the call that failed, where nothing else is seen of a program */
diagnosis_test find_not_my_address, find_called_itself, find_no_route, find_not_a_socket, find_bad_descriptor,
	find_no_family, find_not_permitted, find_not_connected, find_arguments_miscounted, find_call_failed,
	find_answer_failed, find_failed_midway, find_recv_on_listener, find_error_ignored, find_port_taken;
/* diagnose_reply.c: which socket spoke, and to whom */
diagnosis_test find_reply_from_other_socket, find_reply_to_first_client, find_reply_to_server_port,
	find_reply_to_fixed_port, find_went_on_elsewhere, find_new_socket_each_time;
/* diagnose_order.c: who called how often, and who did not wait for whom */
diagnosis_test find_polls_not_push, find_two_connections, find_same_connection_again, find_asked_in_parallel,
	find_busy_poll, find_pause_too_long, find_asks_on, find_did_not_wait, find_gave_up_early, find_busy_loop,
	find_push_not_poll,
	find_answer_too_late;
/* diagnose_end.c: connections that nobody took, and how they ended */
diagnosis_test find_never_accepted, find_accepted_not_read, find_closed_without_answer, find_hung_up_early,
	find_reset_not_fin, find_end_ignored, find_never_closed, find_closed_unread, find_short_read,
	find_descriptor_leaked;
/* diagnose_silence.c: words that are missing or too many */
diagnosis_test find_both_wait, find_no_answer, find_silent_client, find_missing_message, find_extra_message,
	find_divergence;
/* diagnose_http.c: HTTP written by hand */
diagnosis_test find_first_line_missing, find_bare_newline, find_header_not_ended, find_length_missing,
	find_body_missing, find_length_too_large, find_length_too_small, find_piece_for_whole, find_answered_unread,
	find_status_ignored, find_wrong_status, find_wrong_header, find_wrong_body, find_length_not_used,
	find_connection_not_kept, find_request_unanswered, find_answered_twice;
/* diagnose_meet.c: two programs that call each other */
diagnosis_test find_waits_behind_firewall, find_left_too_early, find_called_twice, find_ports_exchanged, find_both_speak_second,
	find_both_keep_open, find_met_unread;
/* diagnose_address.c: addresses that a host has, has not, or gets later */
diagnosis_test find_address_not_there_yet, find_spoke_too_early, find_answer_from_other_address,
	find_bound_another_address, find_refusal_of_bind_fatal, find_refusal_of_bind_ignored, find_freebind_hides,
	find_asked_without_bind, find_bound_twice, find_consent_of_bind_turned;
/* diagnose_firewall.c: how a port answers, and what a program says of it */
diagnosis_test find_outcome_not_asked, find_outcome_too_early, find_who_refused, find_silence_is_no_refusal,
	find_refusal_not_heard, find_refusal_taken_for_silence, find_waits_for_ever, find_begun_is_not_failed,
	find_sent_is_not_answered, find_connect_sends_nothing, find_called_silent_too_soon, find_told_behind_next, find_refusal_is_an_answer,
	find_open_not_recognized;
/* diagnose_relay.c: two connections that are joined; who can be called */
diagnosis_test find_own_words, find_passed_back, find_ended_both, find_not_passed_on, find_end_not_passed_on,
	find_ended_with_one, find_private_address, find_listens_at_home, find_waits_on_own_call;
/* diagnose_facade.c: names that are told in words */
diagnosis_test find_own_name, find_inside_name, find_name_turned, find_name_of_another, find_port_left_out,
	find_port_kept, find_name_of_another_socket, find_name_not_asked;
/* diagnose_balance.c: calls on behalf of another one */
diagnosis_test find_called_beforehand, find_turn_not_taken, find_next_not_tried,
	find_worker_not_called;
/* diagnose_memory.c: a router that has forgotten who is behind it */
diagnosis_test find_keepalive_too_late, find_keepalive_once, find_keepalive_off, find_keepalive_elsewhere,
	find_heartbeat_empty, find_heartbeat_elsewhere, find_news_unread, find_waited_too_short, find_forgotten;
/* diagnose_file.c: so many bytes one way, and a word about them the other way */
diagnosis_test find_sent_the_other_way, find_sent_back, find_file_not_sent, find_file_cut, find_file_too_long,
	find_file_not_counted, find_called_own_address;
/* diagnose_nat.c: who asks through a NAT, and what it concludes */
diagnosis_test find_several_sockets, find_connected_filters, find_asked_again, find_not_asked, find_opened_the_door,
	find_answers_unread, find_wrong_conclusion;
/* diagnose_punch.c: two peers behind NATs */
diagnosis_test find_silent_peer, find_punched_elsewhere, find_waited_for_punch, find_never_punched, find_took_strangers_word,
	find_answered_announced, find_punched_once, find_no_fallback, find_gone_too_soon, find_text_not_said,
	find_late_punch;
/* diagnose_tunnel.c: packets in datagrams */
diagnosis_test find_tunnel_in_itself, find_packet_padded, find_packet_cut, find_tunnel_not_written,
	find_tunnel_not_read, find_peer_port_changed;
/* diagnose_words.c: the bytes of a message */
diagnosis_test find_said_twice, find_messages_merged, find_newline_added, find_length_of_question,
	find_sizeof_pointer, find_said_too_much, find_message_too_long, find_newline_missing, find_empty_message, find_sent_nothing,
	find_message_split, find_message_cut, find_carriage_return, find_echoed, find_wrong_order, find_said_late,
	find_other_argument, find_hard_coded, find_not_text, find_went_on, find_wrong_text;
/* diagnose_many.c: several callers at once, and peers of whom either may begin */
diagnosis_test find_one_at_a_time, find_answer_to_other_caller, find_answer_unwanted, find_still_listening,
	find_ended_with_one_caller, find_queue_reset, find_own_port_at_peer, find_nobody_began, find_peer_began,
	find_crossing_ignored, find_endless_exchange;
/* diagnose_stream.c: where a line ends, and where a direction ends */
diagnosis_test find_piece_as_line, find_several_lines_as_one, find_rest_thrown_away, find_waits_behind_newline,
	find_newlines_missing, find_never_said_done, find_shut_too_early, find_shut_reading, find_close_not_shutdown,
	find_reset_by_linger, find_left_behind_shutdown;
/* A word of the student's that was said once, and not when it was due again. */
diagnosis_test find_same_answer_missing;

/* diagnose_views.c: all three texts, where a stricter view, a time or an amount differs. */
bool say_view(const struct look *look);

/* Fills in one text. */
void say_seen(const struct look *look, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_means(const struct look *look, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_next(const struct look *look, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- questions that many ask ---- */

const struct pairing *pairing_at(const struct look *look, size_t i);
uint16_t swapped(uint16_t port);
bool is_student(const struct look *look, const char *host);
bool is_student_at(const struct look *look, const struct address *address);
const char *name_at(const struct look *look, const struct address *address);
/* The port that the trace demands of an endpoint, 0 = any. */
uint16_t demanded(const struct look *look, const struct endpoint *endpoint);
/* The port at which the trace calls the target of a pairing. */
uint16_t called_port(const struct look *look, const struct pairing *pairing);
/* Who sends what runs in DIRECTION, as the trace has it. */
const struct endpoint *sender_of(const struct entry *entry, enum direction direction);
/* Whether what HOST sends to the world leaves by ROUTER, in the router's name. */
bool leaves_by(const struct look *look, const char *host, const char *router);
/* HOST; or, where it is a router with NAT, the one host of the student's whose words it sends out in its own name. */
const char *speaker(const struct look *look, const char *host);
/* Who sends what runs in DIRECTION, by the name of the host whose program does. */
const char *sender_name(const struct look *look, const struct entry *entry, enum direction direction);
bool student_sends(const struct look *look, const struct pairing *pairing, enum direction direction);
/* The host that PAIRING is to call; where the trace gives an address, the one who has it. */
const char *target_of(const struct look *look, const struct pairing *pairing);
/* The direction of an event of PAIRING's flow as its trace has it: another one where the flow was opened from the other
 * side. */
enum direction as_expected(const struct pairing *pairing, enum direction direction);
/* A flow that a host of the student's was to answer and its kernel refused; NULL: none. */
const struct pairing *refused_pairing(const struct look *look);
/* A socket of HOST with this transport, state and local port (0 = any); NULL: none. */
const struct sock_entry *find_socket(const struct look *look, const char *host, enum transport transport,
                                     enum sock_state state, uint16_t port);
/* The step's bytes and the bytes that its item wants. */
struct bytes {
	const uint8_t *at;
	size_t length;
};
struct bytes seen_bytes(const struct pairing *pairing, const struct match_step *step);
void wanted_text(const struct look *look, const struct item *item, struct text *out);
/* The step of PAIRING with this status and kind of item whose sender is the student's; NULL: none. */
const struct match_step *student_step(const struct look *look, const struct pairing *pairing,
                                      enum step_status status, enum item_kind kind);
/* The student's program that sends what runs in DIRECTION as the trace has it, or the one for which the router there
 * speaks; NULL: none. */
const struct evidence_program *program_behind(const struct look *look, const struct pairing *pairing,
                                              enum direction direction);
/* Its host; where there is none, the sender's name. */
const char *host_behind(const struct look *look, const struct pairing *pairing, enum direction direction);
/* An event of FLOW of this kind from the flow's opener (0) or target (1); NULL: none. */
const struct event *event_from(const struct flow *flow, int side, enum event_kind kind);
/* A message of just these words. */
bool says_just(const struct event *event, const char *text, size_t length);
/* The first answer that a host of the student's owed and never gave where it was due. */
const struct match_step *missing_answer(const struct look *look, const struct pairing **in);
/* Whether PAIRING lacks a message of the other side's: one that the trace holds back. */
bool lacks_late_message(const struct look *look, const struct pairing *pairing);
/* The end of PAIRING's SIDE, if the other side had more to say to it, and was to; NULL: no such end. */
const struct event *early_end(const struct look *look, const struct pairing *pairing, int side);
/* The socket of the flow on HOST, which is on its SIDE, in this state and held by a program; NULL: none. */
const struct sock_entry *end_of(const struct look *look, const char *host, const struct flow *flow, int side,
                                enum sock_state state);
/* Whether FLOW is of two who call each other: neither of them is the one that is called. */
bool either_may_call(const struct expected_flow *flow);
/* Whether HOST, which has SIDE of FLOW, a connection that is open, has received all that the other one has said. */
bool was_read(const struct look *look, const char *host, const struct flow *flow, int side);
/* Whether the program that PAIRING called has taken the connection from its listener's queue. */
bool was_accepted(const struct look *look, const struct pairing *pairing);
/* ---- datagrams of one host, as seen at its own interface (diagnose_nat.c) ---- */

struct datagram {
	const struct flow *flow;
	const struct event *event;
	int side;          /* the host's side of the flow */
	bool sent;         /* by the host; else it came to it */
	const char *other; /* who is on the other side; valid until the call after next */
	uint16_t port;     /* the other side's */
	size_t pairing, next; /* where to go on */
};

/* The next event of a flow of datagrams that HOST has a part in; AT begins as {0}. Flow by flow, not by time. */
bool next_datagram(const struct look *look, const char *host, struct datagram *at);
/* The first of the student's hosts for which TEST finds something; never where the lesson has no NAT. */
bool any_student(const struct look *look, bool (*test)(const struct look *, const char *));
bool has_nat(const struct look *look);

/* ---- the calls as witnesses (diagnose_witness.c): NULL where there are none ---- */

#define CALLS(KIND) (1u << (KIND))
#define CALLS_SEND (CALLS(CALL_SEND) | CALLS(CALL_SENDTO) | CALLS(CALL_SENDMSG) | CALLS(CALL_WRITE))
#define CALLS_RECEIVE (CALLS(CALL_RECV) | CALLS(CALL_RECVFROM) | CALLS(CALL_RECVMSG) | CALLS(CALL_READ))
#define CALLS_WAIT (CALLS(CALL_POLL) | CALLS(CALL_SELECT) | CALLS(CALL_EPOLL_WAIT))
#define CALLS_NAME_OTHER (CALLS(CALL_CONNECT) | CALLS(CALL_SENDTO) | CALLS(CALL_SENDMSG))

/* Whether what is not among the calls was not called. */
bool calls_complete(const struct look *look);
bool call_succeeded(const struct call *call);
/* PROGRAM's next call of one of these KINDS (CALLS() bits) behind AFTER, NULL = from the first on. */
const struct call *call_next(const struct look *look, const struct call *after, const struct evidence_program *program,
                             unsigned kinds);
/* The first that failed for good and was not made good by a later one of its sort. */
const struct call *call_that_failed(const struct look *look, const struct evidence_program *program);
/* PROGRAM's last call but for close(). */
const struct call *call_last(const struct look *look, const struct evidence_program *program);
/* The call by which PROGRAM, on SIDE of FLOW, got the other side's first datagram. */
const struct call *call_that_received(const struct look *look, const struct evidence_program *program,
                                      const struct flow *flow, int side);
/* Whether CALL had less room than SAID, a datagram, has bytes. */
bool call_truncated(const struct call *call, const struct event *said);
/* The last that had not returned when the run was over; of these KINDS. */
const struct call *call_waiting_in(const struct look *look, const struct evidence_program *program, unsigned kinds);
const struct call *call_waiting(const struct look *look, const struct evidence_program *program);
/* The first of a long row of calls of poll() and its like by one thread that each said that something is ready, with no
 * other call in between: nothing was done about it. */
const struct call *call_turning(const struct look *look, const struct evidence_program *program);
/* CALL, if it receives on a connection, and that is not MADE's (NULL: any). */
const struct call *call_with_another(const struct look *look, const struct call *call, const struct call *made);
/* The socket() or accept() whose result CALL got, or the close() that came in between. */
const struct call *call_that_made(const struct look *look, const struct call *call);
const struct call *call_that_closed(const struct look *look, const struct call *call);
/* Whether the program of MADE has used descriptors that no socket() or accept() gave it: dup() made them, and what was
 * not done on one may have been done on its copy. */
bool call_has_copies(const struct look *look, const struct call *made);
/* The next call of KINDS on the descriptor that MADE returned, behind AFTER (NULL = MADE itself). */
const struct call *call_on(const struct look *look, const struct call *made, const struct call *after, unsigned kinds);
bool call_listens(const struct look *look, const struct call *made);
/* The call that made the socket which SIDE has of this TCP flow: accept() or socket(). */
const struct call *call_that_opened(const struct look *look, const struct pairing *pairing, int side);
/* The first call of KINDS that HOST's programs made with this PORT (0: any). */
const struct call *call_with_port(const struct look *look, const char *host, unsigned kinds, uint16_t port);
/* Where CALL (NULL: none) did not wait, or its time was over: says that this is no answer, and no end. */
bool say_impatient(const struct look *look, const struct call *call);
/* The first call that named just the address and port that FLOW went to, of whose words FLOW carries; where a router has
 * changed them, the first with that port. */
const struct call *call_to(const struct look *look, const struct flow *flow);
/* The first recvfrom() of PROGRAM's that was to keep who sent, and had no room for it. */
const struct call *call_without_room(const struct look *look, const struct evidence_program *program);
/* ERROR's name (ECONNREFUSED), and what it means; of one that nobody knows, words that fit there. */
const char *error_name(int error);
const char *error_words(int error);
/* The finding names CALL as the one that did it. NULL: none. */
void blame(const struct look *look, const struct call *call);

/* The finding's quoted form of bytes, at most 56 of them. Valid until the call after next. */
const char *quote(const void *bytes, size_t length);

#endif
