/* diagnose_file.c - diagnoses about a file: so many bytes, whatever they are, one way, and a word about them the
 * other way. */
#include "diagnose_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FILE_LEAST 10000 /* bytes: what is shorter is a message */

struct file {
	const struct pairing *pairing;
	int from;              /* the side of the flow that is to send it */
	uint64_t wanted;
	uint64_t sent, back;   /* what went that way, and the other way */
	const char *sender, *taker;
};

static const struct item *file_item(const struct expected_flow *flow)
{
	for (size_t i = 0; i < flow->item_count; i++)
		if (flow->items[i].kind == ITEM_MESSAGE && flow->items[i].pattern.kind == PATTERN_BYTES &&
		    flow->items[i].pattern.count >= FILE_LEAST)
			return &flow->items[i];
	return NULL;
}

/* The first flow that was to carry a file and is not as it should be. */
static bool find_file(const struct look *look, struct file *file)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct item *item = pairing->entry && pairing->entry->kind == ENTRY_FLOW
		                                  ? file_item(&pairing->entry->flow) : NULL;
		int from;

		if (!item || !pairing->flow || !pairing->cost || pairing->header & HEADER_REVERSED)
			continue;
		from = item->direction == DIRECTION_AGAINST;
		*file = (struct file){pairing, from, item->pattern.count, pairing->flow->bytes[from],
		                      pairing->flow->bytes[!from], NULL, NULL};
		file->sender = name_at(look, &pairing->flow->address[from]);
		file->taker = name_at(look, &pairing->flow->address[!from]);
		return true;
	}
	return false;
}

static enum direction way(int from)
{
	return from ? DIRECTION_AGAINST : DIRECTION_ALONG;
}

static bool sender_is_student(const struct look *look, const struct file *file)
{
	return student_sends(look, file->pairing, way(file->from));
}

static bool taker_is_student(const struct look *look, const struct file *file)
{
	return student_sends(look, file->pairing, way(!file->from));
}

/* The program at HOST, or the one for which the router HOST speaks: it is not at OTHER. */
static const struct evidence_program *program_at(const struct look *look, const char *host, const char *other)
{
	const struct evidence *evidence = &look->scene->evidence;
	const struct evidence_program *program = scene_student(look->scene, host);

	for (size_t i = 0; i < evidence->program_count && !program; i++)
		if (evidence->programs[i].student && strcmp(evidence->programs[i].host, other) != 0)
			program = &evidence->programs[i];
	return program;
}

/* Whether the taker had received something before it sent anything. */
static bool took_first(const struct look *look, const struct file *file)
{
	const struct evidence_program *program = program_at(look, file->taker, file->sender);
	const struct call *call = program ? call_next(look, NULL, program, CALLS_SEND | CALLS_RECEIVE) : NULL;

	return call && CALLS(call->kind) & CALLS_RECEIVE;
}

bool find_sent_the_other_way(const struct look *look)
{
	struct file file;

	if (!find_file(look, &file) || file.back < FILE_LEAST || !taker_is_student(look, &file) || took_first(look, &file))
		return false;
	say_seen(look, "%" PRIu64 " bytes went from %s to %s; %s was to send, and %s to take.", file.back, file.taker,
	         file.sender, file.sender, file.taker);
	say_means(look, "Who opens the connection and who sends are two questions, and the program is told both answers: call or "
	                "wait, send or take.");
	say_next(look, "Let the word `send` decide who sends, and nothing else.");
	return true;
}

bool find_sent_back(const struct look *look)
{
	struct file file;

	if (!find_file(look, &file) || file.back < FILE_LEAST || !taker_is_student(look, &file) || !took_first(look, &file))
		return false;
	say_seen(look, "%s took the file, and sent %" PRIu64 " bytes back.", file.taker, file.back);
	say_means(look, "The line is used in both directions then, and each of them costs its own time.");
	say_next(look, "Count what recv() returns, and send the one line only.");
	return true;
}

/* Too few or too many bytes, and then an end. */
static bool has_other_size(const struct look *look, struct file *file)
{
	return find_file(look, file) && file->sent != file->wanted && sender_is_student(look, file) &&
	       (file->sent > file->wanted || event_from(file->pairing->flow, file->from, EVENT_FIN));
}

bool find_file_not_sent(const struct look *look)
{
	struct file file;

	if (!has_other_size(look, &file) || file.sent)
		return false;
	say_seen(look, "%s ended its direction, and had sent none of its %" PRIu64 " bytes.", file.sender, file.wanted);
	say_means(look, "send() was not called, or failed.");
	blame(look, call_that_failed(look, program_at(look, file.sender, file.taker)));
	say_next(look, "send() in a loop, until all of them are sent.");
	return true;
}

/* Whether it could send no more because it had shut that direction itself. */
static bool shut_itself(const struct look *look, const struct evidence_program *program)
{
	const struct call *failed = call_that_failed(look, program), *made, *shut;

	if (!failed || !(CALLS_SEND & CALLS(failed->kind)) || failed->error != EPIPE)
		return false;
	made = call_that_made(look, failed);
	shut = made ? call_on(look, made, NULL, CALLS(CALL_SHUTDOWN)) : NULL;
	return shut && shut < failed;
}

/* The program's last send(), if the kernel had no room for it. */
static const struct call *told_full(const struct look *look, const struct evidence_program *program)
{
	const struct call *call = NULL, *last = NULL;

	while ((call = call_next(look, call, program, CALLS_SEND)))
		last = call;
	return last && last->error == EAGAIN ? last : NULL;
}

bool find_file_cut(const struct look *look)
{
	struct file file;
	const struct call *full;

	if (!has_other_size(look, &file) || !file.sent || file.sent > file.wanted ||
	    shut_itself(look, program_at(look, file.sender, file.taker)))
		return false;
	say_seen(look, "%s sent %" PRIu64 " of %" PRIu64 " bytes, and ended.", file.sender, file.sent, file.wanted);
	full = told_full(look, program_at(look, file.sender, file.taker));
	if (full) {
		say_means(look, "The socket does not block: where send() fails with EAGAIN the kernel has no room just now. That is "
		                "no error, and no end.");
		say_next(look, "Wait with poll() and POLLOUT until there is room, and go on with the rest; or let the socket block.");
		blame(look, full);
		return true;
	}
	say_means(look, "The loop around send() ended too soon, or there is none, or the number it counts down from is another "
	                "one.");
	say_next(look, "Go on until as many bytes are sent as the program was told; add up what send() returns.");
	return true;
}

bool find_file_too_long(const struct look *look)
{
	struct file file;

	if (!has_other_size(look, &file) || file.sent < file.wanted)
		return false;
	say_seen(look, "%s sent %" PRIu64 " bytes; the file has %" PRIu64 ".", file.sender, file.sent, file.wanted);
	say_means(look, "The last send() was given a whole buffer, where only the rest of the file was due.");
	say_next(look, "The length is the smaller one of two: what is left, and what fits the buffer.");
	return true;
}

enum taken { TAKEN_NOTHING, TAKEN_ALL, TAKEN_UNKNOWN };

/* How much of the file the taker's calls had received when it first said something. */
static enum taken taken_before_word(const struct look *look, const struct file *file)
{
	const struct evidence_program *program = program_at(look, file->taker, file->sender);
	const struct call *said = program ? call_next(look, NULL, program, CALLS_SEND) : NULL, *call = NULL;
	uint64_t taken = 0;

	if (!said || !calls_complete(look))
		return TAKEN_UNKNOWN;
	while ((call = call_next(look, call, program, CALLS_RECEIVE)) && call < said)
		taken += call->result > 0 ? (uint64_t)call->result * (call->repeats + 1) : 0;
	return !taken ? TAKEN_NOTHING : taken == file->wanted ? TAKEN_ALL : TAKEN_UNKNOWN;
}

/* A number that is not the one of the bytes that came. */
bool find_file_not_counted(const struct look *look)
{
	struct file file;
	const struct event *said;
	char line[32] = "";
	uint64_t number;

	if (!find_file(look, &file) || !taker_is_student(look, &file))
		return false;
	said = event_from(file.pairing->flow, !file.from, EVENT_MESSAGE);
	if (!said || said->kept >= sizeof line)
		return false;
	memcpy(line, said->bytes, said->kept);
	if (sscanf(line, "got %" SCNu64, &number) != 1 || number == file.wanted || number == file.sent)
		return false;
	say_seen(look, "%s was sent a file of %" PRIu64 " bytes, and said %s.", file.taker, file.wanted,
	         quote(said->bytes, said->kept));
	switch (taken_before_word(look, &file)) {
	case TAKEN_NOTHING:
		say_means(look, "It said so before it had received a byte.");
		say_next(look, "First recv() until it returns 0, and add up what it returns; then say the sum.");
		return true;
	case TAKEN_ALL:
		say_means(look, "recv() had brought all of them. The number that was said is not their sum.");
		say_next(look, "Add what recv() returns to one variable, each time, and say that one.");
		return true;
	case TAKEN_UNKNOWN:
		break;
	}
	say_means(look, number < file.wanted
	                        ? "recv() returns what has come so far: one call may bring a part of the file, and does so on a "
	                          "slow line."
	                        : "recv() brings as much as has come, which is often less than the buffer holds.");
	say_next(look, "Call recv() until it returns 0, and add up what it returns.");
	return true;
}

/* Who is to be called calls its own address, where nobody listens. */
bool find_called_own_address(const struct look *look)
{
	const struct evidence *evidence = &look->scene->evidence;

	for (size_t i = 0; look->scene->lesson->rate_count && i < evidence->call_count; i++) {
		const struct call *call = &evidence->calls[i];

		if (call->kind != CALL_CONNECT || call->error != ECONNREFUSED ||
		    strcmp(name_at(look, &call->address), call->host) != 0)
			continue;
		say_seen(look, "%s called itself, at port %u, and was refused; it was to wait for a call.", call->host, call->port);
		say_means(look, "`wait` says that the address is the host's own, to be bound: bind(), listen(), accept().");
		say_next(look, "connect() only where the program is told to call.");
		blame(look, call);
		return true;
	}
	return false;
}
