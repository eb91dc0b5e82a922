/* recorded.c - see recorded.h. */
#include "recorded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (1 << 20)

/* In the order of tests/captures/README.md. */
const struct recorded recorded_runs[] = {
	{"01-udp-server", "solution.two-clients", NULL},
	{"01-udp-server", "solution.ask-again", NULL},
	{"01-udp-server", "solution-class-7.one-question", NULL},
	{"01-udp-server", "no-htons.one-question", "byte-order"},
	{"01-udp-server", "first-client.two-clients", "reply-to-first-client"},
	{"01-udp-server", "second-socket.one-question", "reply-from-other-socket"},
	{"01-udp-server", "no-bind.one-question", "nothing-bound"},
	{"01-udp-server", "sizeof.one-question", "message-too-long"},
	{"01-udp-server", "stream.one-question", "wrong-transport"},
	{"01-udp-server", "counts-arguments.one-question", "arguments-miscounted"},
	{"01-udp-server", "tidy.one-question", "bad-descriptor"},
	{"01-udp-server", "precedence.one-question", "not-a-socket"},
	{"01-udp-server", "closes-behind-answer.two-clients", "bad-descriptor"},
	{"01-udp-server", "only-binds.one-question", "nothing-bound"},
	{"01-udp-server", "listens.one-question", "call-failed"},
	{"01-udp-server", "another-socket.one-question", "bound-another-socket"},
	{"02-udp-client-port", "solution.any-port", NULL},
	{"02-udp-client-port", "solution.port-6666", NULL},
	{"02-udp-client-port", "no-wait.any-port", "did-not-wait"},
	{"02-udp-client-port", "new-socket.any-port", "new-socket-each-time"},
	{"02-udp-client-port", "never-binds.port-6666", "source-not-bound"},
	{"02-udp-client-port", "stream.port-6666", "wrong-transport"},
	{"02-udp-client-port", "bind-server-address.any-port", "not-my-address"},
	{"02-udp-client-port", "localhost-silent.any-port", "called-itself"},
	{"02-udp-client-port", "broadcast.any-port", "not-permitted"},
	{"02-udp-client-port", "turns-the-address.any-port", "no-route"},
	{"02-udp-client-port", "family-in-network-order.any-port", "no-family"},
	{"02-udp-client-port", "send-without-connect.any-port", "not-connected"},
	{"02-udp-client-port", "bind-unread.port-6666", "error-ignored"},
	{"02-udp-client-port", "bind-twice.any-port", "call-failed"},
	{"02-udp-client-port", "looks-once.any-port", "exited-early"},
	{"02-udp-client-port", "receives-on.any-port", "no-answer"},
	{"02-udp-client-port", "closes-in-between.any-port", "bad-descriptor"},
	{"02-udp-client-port", "prints-question.any-port", "silent-client"},
	{"02-udp-client-port", "port-zero.any-port", "call-failed"},
	{"04-nobody-there", "looks-once.three-ports", "gave-up-early"},
	{"05-who-starts", "both-begin.a-starts", "extra-message"},
	{"05-who-starts", "one-round.both-start", "exited-early"},
	{"05-who-starts", "small-buffer.a-starts", "no-answer"},
	{"06-tcp-server", "solution.two-in-turn", NULL},
	{"06-tcp-server", "accepts-once.two-in-turn", "one-client-only"},
	{"06-tcp-server", "never-closes.one-client", "end-ignored"},
	{"06-tcp-server", "no-listen.one-client", "not-listening"},
	{"06-tcp-server", "loopback.one-client", "loopback-only"},
	{"06-tcp-server", "send-on-listener.one-client", "sent-unconnected"},
	{"06-tcp-server", "recv-on-listener.one-client", "recv-on-listener"},
	{"06-tcp-server", "one-byte.one-client", "short-read"},
	{"06-tcp-server", "closes-the-listener.two-in-turn", "listener-closed"},
	{"06-tcp-server", "no-read.one-client", "closed-unread"},
	{"06-tcp-server", "spins.one-client", "busy-loop"},
	{"06-tcp-server", "accepts-too-early.one-client", "call-failed"},
	{"06-tcp-server", "only-listens-and-ends.one-client", "nothing-bound"},
	{"06-tcp-server", "calls-itself.one-client", "wrong-way"},
	{"06-tcp-server", "listens-first.one-client", "call-failed"},
	{"07-tcp-client-port", "solution.twice", NULL},
	{"07-tcp-client-port", "never-binds.port-5555", "source-not-bound"},
	{"07-tcp-client-port", "no-reuseaddr.twice", "address-in-use"},
	{"07-tcp-client-port", "linger-zero.any-port", "reset-not-fin"},
	{"07-tcp-client-port", "waits-for-the-end.any-port", "never-closed"},
	{"07-tcp-client-port", "setsockopt-after-bind.twice", "address-in-use"},
	{"07-tcp-client-port", "connects-twice.any-port", "hung-up-early"},
	{"07-tcp-client-port", "wrong-level.any-port", "call-failed"},
	{"08-stream", "no-space.pieces", "wrong-text"},
	{"09-half-close", "reads-once.slow-answer", "hung-up-early"},
	{"09-half-close", "turns-them.slow-answer", "wrong-order"},
	{"13-push", "solution.together", NULL},
	{"13-push", "solution.your-cloud", NULL},
	{"13-push", "cloud-calls-back.your-cloud", "wrong-way"},
	{"13-push", "hub-polls.your-hub", "polls-not-push"},
	{"13-push", "cloud-strips-newline.your-cloud", "newline-missing"},
	{"13-push", "hub-says-ok-at-once.together", "did-not-wait"},
	{"13-push", "cloud-listens-late.your-cloud", "called-too-early"},
	{"13-push", "cloud-calls-the-inside.your-cloud", "nat-mapping-assumed"},
	{"13-push", "cloud-keeps-it-open.your-cloud", "descriptor-leaked"},
	{"14-poll", "solution.short", NULL},
	{"14-poll", "solution.real-cloud", NULL},
	{"14-poll", "no-pause.short", "busy-poll"},
	{"14-poll", "long-times-out.long", "gave-up-early"},
	{"14-poll", "one-connection.short", "same-connection-again"},
	{"14-poll", "never-closes.real-cloud", "end-ignored"},
	{"14-poll", "waits-for-the-push.short", "push-not-poll"},
};
const size_t recorded_count = sizeof recorded_runs / sizeof recorded_runs[0];

static void give_up(const char *what)
{
	fprintf(stderr, "recorded: %s\n", what);
	abort();
}

static FILE *open_file(const char *folder, const char *lesson, const char *name)
{
	const char *srcdir = getenv("srcdir"); /* automake's; else the tests run in the source tree */
	struct text path = {0};
	FILE *stream;

	text_printf(&path, "%s/%s/%s/%s", srcdir ? srcdir : ".", folder, lesson, name);
	stream = fopen(text_string(&path), "re");
	if (!stream)
		give_up(text_string(&path));
	text_free(&path);
	return stream;
}

static char *read_file(const char *folder, const char *lesson, const char *name, size_t *length)
{
	FILE *stream = open_file(folder, lesson, name);
	char *bytes = mem_alloc(FILE_MAX);

	*length = fread(bytes, 1, FILE_MAX - 1, stream);
	if (ferror(stream) || !feof(stream))
		give_up(name);
	(void)fclose(stream); /* only read from */
	return bytes;
}

char *recorded_json(const struct recorded *recorded, size_t *length)
{
	struct text path = {0};
	char *json;

	text_printf(&path, "%s/run.json", recorded->run);
	json = read_file("tests/captures", recorded->lesson, text_string(&path), length);
	text_free(&path);
	return json;
}

static void read_captures(struct recording *recording, const struct recorded *recorded)
{
	for (size_t i = 0; i < recording->scene.view_count; i++) {
		const char *name = recording->scene.evidence.captures[i].file;
		struct text path = {0};
		struct error error;

		text_printf(&path, "%s/%s", recorded->run, name);
		if (scene_read(&recording->scene, i, open_file("tests/captures", recorded->lesson, text_string(&path)), name,
		               &error))
			give_up(error_string(&error));
		text_free(&path);
	}
}

void recorded_open(struct recording *recording, const struct recorded *recorded)
{
	size_t length;
	struct error error;
	struct evidence evidence;
	const struct lesson_case *judged;
	char *json = recorded_json(recorded, &length), *text;

	if (evidence_parse(&evidence, recorded->run, json, length, &error))
		give_up(error_string(&error));
	free(json);
	text = read_file("lessons", recorded->lesson, "lesson", &length);
	if (lesson_parse(&recording->lesson, "lesson", text, length, &error))
		give_up(error_string(&error));
	free(text);
	if (lesson_case(&recording->lesson, evidence.case_name) < 0)
		give_up(evidence.case_name);
	judged = &recording->lesson.cases[lesson_case(&recording->lesson, evidence.case_name)];
	text = read_file("lessons", recorded->lesson, judged->trace, &length);
	if (trace_parse(&recording->trace, judged->trace, text, length, &error))
		give_up(error_string(&error));
	free(text);
	scene_open(&recording->scene, &recording->lesson, judged, &recording->trace, &evidence);
	read_captures(recording, recorded);
}

void recorded_open_named(struct recording *recording, const char *lesson, const char *run)
{
	const struct recorded recorded = {lesson, run, NULL};

	recorded_open(recording, &recorded);
}

void recorded_judge(struct recording *recording, struct verdict *verdict)
{
	struct error error;

	if (verdict_make(&recording->scene, verdict, &error)) {
		fprintf(stderr, "%s\n", error_string(&error));
		abort();
	}
}

void recorded_close(struct recording *recording)
{
	scene_close(&recording->scene);
	trace_free(&recording->trace);
	lesson_free(&recording->lesson);
}
