/* test_evidence.c - the record of a run: what is printed is parsed, and nothing else is. */
#include "evidence.h"
#include "recorded.h"
#include "suite.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct evidence evidence;
static struct error error;

static void add_program(struct evidence *to)
{
	static const char *const arguments[] = {"server", "10.0.0.1", "7777", "\"gr\xc3\xbc\xc3\x9f\" \\ \n"};

	to->programs = mem_alloc(sizeof *to->programs);
	to->program_count = 1;
	to->programs[0] = (struct evidence_program){.host = "a", .name = "server", .student = true, .argument_count = 4,
	                                            .end = PROGRAM_SIGNALLED, .value = 11, .output_bytes = 1 << 30,
	                                            .processes = 3};
	to->programs[0].arguments = mem_alloc(4 * sizeof *to->programs[0].arguments);
	for (size_t i = 0; i < 4; i++)
		to->programs[0].arguments[i] = mem_string(arguments[i]);
	to->programs[0].output = mem_string("line\ttab\n\"quoted\" back\\slash \x1b[31m \x80\xff \xc3\xbc");
}

static void add_capture(struct evidence *to)
{
	to->captures = mem_alloc(sizeof *to->captures);
	to->capture_count = 1;
	to->captures[0] = (struct evidence_capture){.host = "a", .interface = "eth0", .file = "a.eth0.pcap",
	                                            .dropped = -1, .drained = true};
	sha256_hex_of("packets", 7, to->captures[0].sha256);
}

static void add_sockets(struct evidence *to)
{
	struct sock_entry *entries = mem_alloc(2 * sizeof *entries);

	to->sockets = mem_alloc(sizeof *to->sockets);
	to->socket_count = 1;
	to->sockets[0] = (struct evidence_sockets){.host = "a", .entries = entries, .count = 2};
	entries[0] = (struct sock_entry){.transport = TRANSPORT_UDP, .state = SOCK_BOUND, .local = address_ipv4(0),
	                                 .remote = address_ipv4(0), .local_port = 7777};
	entries[1] = (struct sock_entry){.state = SOCK_TIME_WAIT, .local = address_ipv4(0x0a000001),
	                                 .remote = address_ipv4(0x0a000002), .local_port = 65535, .remote_port = 1,
	                                 .receive_queue = UINT32_MAX, .send_queue = 5, .timer = true, .orphan = true};
}

/* Something in each field. */
static void fill(struct evidence *to)
{
	*to = (struct evidence){.lesson = "01-udp-server", .case_name = "one-question", .seed = "class-7",
	                        .end = RUN_SETTLED, .milliseconds = 13.66,
	                        .late_milliseconds = 31.5,
	                        .trouble = "the disk is \"full\""};
	params_set(&to->params, "port", PARAM_PORT, "7777");
	params_set(&to->params, "answer", PARAM_TEXT, "th\xc3\xa4nks\n");
	params_set(&to->params, "a", PARAM_FIXED, "10.0.0.1");
	add_program(to);
	add_capture(to);
	add_sockets(to);
}

static char *print_filled(void)
{
	struct text text = {0};
	struct evidence filled;
	char *copy;

	fill(&filled);
	evidence_print(&filled, &text);
	evidence_free(&filled);
	copy = mem_string(text_string(&text));
	text_free(&text);
	return copy;
}

static int parse(const char *json)
{
	return evidence_parse(&evidence, "run.json", json, strlen(json), &error);
}

static void is_empty_after_an_error(void)
{
	CU_ASSERT(evidence.program_count == 0 && evidence.programs == NULL && evidence.lesson[0] == '\0' &&
	          evidence.params.count == 0);
	ASSERT_STRING(error.file, "run.json");
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "run `windsock check` again"));
}

static void print_parse_print(void)
{
	char *first = print_filled();
	struct text second = {0};

	CU_ASSERT_EQUAL_FATAL(parse(first), 0);
	evidence_print(&evidence, &second);
	ASSERT_STRING(text_string(&second), first);
	evidence_free(&evidence);
	text_free(&second);
	free(first);
}

static void every_field_is_read(void)
{
	char *json = print_filled();
	const struct sock_entry *entry;

	CU_ASSERT_EQUAL_FATAL(parse(json), 0);
	ASSERT_STRING(evidence.lesson, "01-udp-server");
	ASSERT_STRING(evidence.case_name, "one-question");
	ASSERT_STRING(evidence.seed, "class-7");
	ASSERT_STRING(evidence.trouble, "the disk is \"full\"");
	CU_ASSERT_EQUAL(evidence.end, RUN_SETTLED);
	CU_ASSERT_DOUBLE_EQUAL(evidence.milliseconds, 13.66, 0);
	CU_ASSERT_DOUBLE_EQUAL(evidence.late_milliseconds, 31.5, 0);
	CU_ASSERT_EQUAL(params_port(&evidence.params, "port"), 7777);
	ASSERT_STRING(params_find(&evidence.params, "answer")->value, "th\xc3\xa4nks\n");
	CU_ASSERT_EQUAL(params_find(&evidence.params, "a")->kind, PARAM_FIXED);
	ASSERT_STRING(evidence.programs[0].host, "a");
	ASSERT_STRING(evidence.programs[0].name, "server");
	CU_ASSERT_TRUE(evidence.programs[0].student);
	CU_ASSERT_EQUAL(evidence.programs[0].argument_count, 4);
	ASSERT_STRING(evidence.programs[0].arguments[2], "7777");
	CU_ASSERT_EQUAL(evidence.programs[0].end, PROGRAM_SIGNALLED);
	CU_ASSERT_EQUAL(evidence.programs[0].value, 11);
	CU_ASSERT_EQUAL(evidence.programs[0].output_bytes, 1 << 30);
	CU_ASSERT_EQUAL(evidence.programs[0].processes, 3);
	ASSERT_STRING(evidence.captures[0].interface, "eth0");
	ASSERT_STRING(evidence.captures[0].file, "a.eth0.pcap");
	CU_ASSERT_EQUAL(evidence.captures[0].dropped, -1);
	CU_ASSERT_TRUE(evidence.captures[0].drained);
	ASSERT_STRING(evidence.sockets[0].host, "a");
	CU_ASSERT_EQUAL_FATAL(evidence.sockets[0].count, 2);
	CU_ASSERT_EQUAL(evidence.sockets[0].entries[0].transport, TRANSPORT_UDP);
	CU_ASSERT_EQUAL(evidence.sockets[0].entries[0].local.family, 4);
	entry = &evidence.sockets[0].entries[1];
	CU_ASSERT(entry->transport == TRANSPORT_TCP && entry->state == SOCK_TIME_WAIT && entry->timer && entry->orphan);
	CU_ASSERT(entry->local_port == 65535 && entry->remote_port == 1 && entry->send_queue == 5);
	CU_ASSERT(entry->receive_queue == UINT32_MAX && address_to_ipv4(&entry->remote) == 0x0a000002);
	evidence_free(&evidence);
	free(json);
}

/* Programs print any bytes: those that are no text are shown as such. */
static void bytes_that_are_no_text(void)
{
	char *json = print_filled();

	for (const char *at = json; *at; at++)
		if (strncmp(at, "th\xc3\xa4nks", 7) == 0)
			at += 7; /* a parameter is used again and stays what it is */
		else
			CU_ASSERT((unsigned char)*at < 0x7f);
	CU_ASSERT_EQUAL_FATAL(parse(json), 0);
	ASSERT_STRING(evidence.programs[0].output,
	              "line\ttab\n\"quoted\" back\\slash \\x1b[31m \\x80\\xff \\xc3\\xbc");
	ASSERT_STRING(evidence.programs[0].arguments[3], "\"gr\\xc3\\xbc\\xc3\\x9f\" \\ \n");
	evidence_free(&evidence);
	free(json);
}

static void parameters_of_any_bytes(void)
{
	static const char *const values[] = {"\xff\x80\xc3", "a\xe4z\x01", "\xc3\xbc", "\xf0\x9f\x8c\xac", ""};
	struct evidence filled;

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		struct text text = {0}, again = {0};

		fill(&filled);
		params_set(&filled.params, "answer", PARAM_TEXT, values[i]);
		evidence_print(&filled, &text);
		CU_ASSERT_EQUAL_FATAL(parse(text_string(&text)), 0);
		ASSERT_STRING(params_find(&evidence.params, "answer")->value, values[i]);
		evidence_print(&evidence, &again);
		ASSERT_STRING(text_string(&again), text_string(&text));
		evidence_free(&evidence);
		evidence_free(&filled);
		text_free(&text);
		text_free(&again);
	}
}

/* A seed may be as long as the command allows, in any script. */
static void words_that_are_no_ascii(void)
{
	struct evidence filled;
	struct text text = {0};

	fill(&filled);
	memset(filled.seed, 0, sizeof filled.seed);
	for (size_t i = 0; i + 2 < sizeof filled.seed; i += 2)
		memcpy(filled.seed + i, "\xc3\xbc", 2);
	memset(filled.trouble, 0xff, sizeof filled.trouble - 1);
	evidence_print(&filled, &text);
	CU_ASSERT_EQUAL_FATAL(parse(text_string(&text)), 0);
	ASSERT_STRING(evidence.seed, filled.seed);
	CU_ASSERT_EQUAL(strlen(evidence.trouble), sizeof evidence.trouble - 1);
	CU_ASSERT(!strncmp(evidence.trouble, "\\xff\\xff", 8));
	evidence_free(&evidence);
	evidence_free(&filled);
	text_free(&text);
}

static void nothing_at_all(void)
{
	struct evidence none = {0};
	struct text text = {0}, again = {0};

	evidence_print(&none, &text);
	CU_ASSERT_EQUAL_FATAL(parse(text_string(&text)), 0);
	evidence_print(&evidence, &again);
	ASSERT_STRING(text_string(&again), text_string(&text));
	evidence_free(&evidence);
	text_free(&text);
	text_free(&again);
}

static void recorded_runs_are_read(void)
{
	for (size_t i = 0; i < recorded_count; i++) {
		size_t length;
		char *json = recorded_json(&recorded_runs[i], &length);
		struct text text = {0}, again = {0};
		char *end;

		CU_ASSERT_EQUAL_FATAL(evidence_parse(&evidence, "run.json", json, length, &error), 0);
		evidence_print(&evidence, &text);
		evidence_free(&evidence);
		/* All that the record has; what later versions add stands behind it. */
		end = strrchr(json, ']');
		CU_ASSERT(strncmp(text_string(&text), json, (size_t)(end - json)) == 0);
		CU_ASSERT_EQUAL_FATAL(parse(text_string(&text)), 0);
		evidence_print(&evidence, &again);
		ASSERT_STRING(text_string(&again), text_string(&text));
		evidence_free(&evidence);
		text_free(&text);
		text_free(&again);
		free(json);
	}
}

/* ---- what is refused ---- */

static void cut_anywhere(void)
{
	char *json = print_filled();
	size_t length = strlen(json);

	while (json[length - 1] == '\n')
		length--;
	for (size_t cut = 0; cut < length; cut++) {
		CU_ASSERT_EQUAL(evidence_parse(&evidence, "run.json", json, cut, &error), -1);
		is_empty_after_an_error();
	}
	free(json);
}

/* Each bit of it, one at a time: refused, or what is read is what was written (a blank, a seal that is none any more). */
static void changed_anywhere(void)
{
	char *json = print_filled();
	size_t length = strlen(json), refused = 0;

	for (size_t bit = 0; bit < 8 * length; bit++) {
		struct text again = {0};

		json[bit / 8] ^= (char)(1 << bit % 8);
		if (evidence_parse(&evidence, "run.json", json, length, &error)) {
			is_empty_after_an_error();
			refused++;
		} else {
			json[bit / 8] ^= (char)(1 << bit % 8);
			evidence_print(&evidence, &again);
			ASSERT_STRING(text_string(&again), json);
			evidence_free(&evidence);
			text_free(&again);
			json[bit / 8] ^= (char)(1 << bit % 8);
		}
		json[bit / 8] ^= (char)(1 << bit % 8);
	}
	CU_ASSERT(refused >= 8 * length - 8 * sizeof "\"sha256\"");
	free(json);
}

static void changes_are_told(void)
{
	char *json = print_filled();

	*strstr(json, "class-7") = 'C';
	CU_ASSERT_EQUAL(parse(json), -1);
	is_empty_after_an_error();
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "is not as the run left it"));
	free(json);
}

/* Of another type than VALUE. */
static json_t *wrong(const json_t *value)
{
	return json_is_string(value) ? json_integer(7) : json_is_object(value) ? json_array() : json_string("wrong");
}

static size_t checked;

/* KEY may be NULL: any. */
static void refuse(const json_t *root, const char *key)
{
	char *json = json_dumps(root, JSON_INDENT(1)), quoted[64];

	snprintf(quoted, sizeof quoted, "\"%s\"", key ? key : "");
	CU_ASSERT_EQUAL(parse(json), -1);
	is_empty_after_an_error();
	CU_ASSERT(!key || strstr(error.text, quoted) != NULL);
	free(json);
	checked++;
}

static void spoil_each(json_t *root, json_t *at);

/* What is read first of the elements of the list KEY. */
static const char *first_member(const char *key)
{
	if (!strcmp(key, "params"))
		return "name";
	return strcmp(key, "sockets") ? "host" : NULL;
}

static void spoil_elements(json_t *root, json_t *array, const char *key)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		json_t *element = json_incref(json_array_get(array, i));

		json_array_set_new(array, i, wrong(element));
		/* An element that is no object lacks its members. */
		refuse(root, json_is_object(element) ? first_member(key) : key);
		json_array_set_new(array, i, element);
		if (json_is_object(element))
			spoil_each(root, element);
	}
}

/* Gives each member of the object AT, and all below it, another type; then takes it away. */
static void spoil_each(json_t *root, json_t *at)
{
	char keys[16][32];
	size_t count = 0;

	for (void *iter = json_object_iter(at); iter; iter = json_object_iter_next(at, iter))
		snprintf(keys[count++], sizeof keys[0], "%s", json_object_iter_key(iter));
	for (size_t i = 0; i < count; i++) {
		json_t *value = json_incref(json_object_get(at, keys[i]));

		json_object_set_new(at, keys[i], wrong(value));
		refuse(root, keys[i]);
		json_object_del(at, keys[i]);
		/* Calls explain only, hashes are newer, and who was never late does not say so: records without are as good. */
		if (strncmp(keys[i], "calls", 5) != 0 && strcmp(keys[i], "sha256") != 0 && strcmp(keys[i], "late_milliseconds") != 0)
			refuse(root, keys[i]);
		json_object_set(at, keys[i], value);
		if (json_is_array(value))
			spoil_elements(root, value, keys[i]);
		json_decref(value);
	}
}

static void wrong_types(void)
{
	char *json = print_filled();
	json_t *root = json_loads(json, 0, NULL);

	checked = 0;
	spoil_each(root, root);
	CU_ASSERT(checked > 100);
	json_decref(root);
	free(json);
}

/* JSON with FROM replaced by TO once. */
static void refuse_replaced(const char *from, const char *to, const char *key)
{
	char *json = print_filled(), *at = strstr(json, from), quoted[64];
	struct text text = {0};

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	text_add_bytes(&text, json, (size_t)(at - json));
	text_printf(&text, "%s%s", to, at + strlen(from));
	CU_ASSERT_EQUAL(parse(text_string(&text)), -1);
	is_empty_after_an_error();
	snprintf(quoted, sizeof quoted, "\"%s\"", key);
	if (key[0])
		CU_ASSERT_PTR_NOT_NULL(strstr(error.text, quoted));
	text_free(&text);
	free(json);
}

#define X31 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void values_out_of_range(void)
{
	refuse_replaced("\"windsock_evidence\": 1", "\"windsock_evidence\": 2", "windsock_evidence");
	refuse_replaced("\"local_port\": 65535", "\"local_port\": 65536", "local_port");
	refuse_replaced("\"remote_port\": 1", "\"remote_port\": -1", "remote_port");
	refuse_replaced("\"receive_queue\": 4294967295", "\"receive_queue\": 4294967296", "receive_queue");
	refuse_replaced("\"dropped\": -1", "\"dropped\": -2", "dropped");
	refuse_replaced("\"value\": 11", "\"value\": -1", "value");
	refuse_replaced("\"value\": 11", "\"value\": 11.5", "value");
	refuse_replaced("\"output_bytes\": 1073741824", "\"output_bytes\": -1", "output_bytes");
	refuse_replaced("\"settled\"", "\"exploded\"", "end");
	refuse_replaced("\"signalled\"", "\"signaled\"", "end");
	refuse_replaced("\"time-wait\"", "\"\"", "state");
	refuse_replaced("\"udp\"", "\"sctp\"", "transport");
	refuse_replaced("\"text\"", "\"words\"", "kind");
	refuse_replaced("\"0.0.0.0\"", "\"0.0.0\"", "local");
	refuse_replaced("a.eth0.pcap", "../a.eth0.pcap", "file");
	refuse_replaced("a.eth0.pcap", "/etc/passwd", "file");
}

static void values_that_are_too_long(void)
{
	refuse_replaced("01-udp-server", "01-" X31 X31, "lesson");
	refuse_replaced("one-question", X31 "x", "case");
	refuse_replaced("class-7", X31 X31 "xx", "seed");
	refuse_replaced("\"interface\": \"eth0\"", "\"interface\": \"eth0123456789abc\"", "interface");
	refuse_replaced("\"answer\"", "\"" X31 "x\"", "name");
	refuse_replaced("\"value\": \"7777\"", "\"value\": \"" X31 X31 X31 X31 "xxxx\"", "value");
	refuse_replaced("\"value\": \"7777\"", "\"bytes\": true, \"value\": \"\xe2\x82\xac\"", "value");
	refuse_replaced("\"value\": \"7777\"", "\"bytes\": true, \"value\": \"" X31 X31 X31 X31 X31 X31 X31 X31 "xxxxxxx\xc3\xbc\"", "value");
	refuse_replaced("\"value\": \"7777\"", "\"bytes\": 1, \"value\": \"7777\"", "bytes");
	/* Cut in the middle of a character it could not even be printed again. */
	refuse_replaced("\"value\": \"7777\"", "\"value\": \"" X31 X31 X31 X31 "xx\xc3\xbc\"", "value");
}

static void no_json(void)
{
	static const char *const sources[] = {"", "{", "nonsense", "\xff\xfe", "[]", "null", "7", "\"run\"", "{}",
	                                      "{\"windsock_evidence\": 1}", "{\"a\": 1, \"a\": 2}", "{\"a\": \"\\u0000\"}"};

	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
		CU_ASSERT_EQUAL(parse(sources[i]), -1);
		CU_ASSERT(error.line >= 0 && error.column >= 0);
		is_empty_after_an_error();
	}
	CU_ASSERT_EQUAL(evidence_parse(&evidence, "run.json", "\0", 1, &error), -1);
	refuse_replaced("\"seed\"", "\"lesson\"", "");
}

static void words(void)
{
	ASSERT_STRING(run_end_word(RUN_COMPLETE), "complete");
	ASSERT_STRING(run_end_word(RUN_PROCESSES), "processes");
	ASSERT_STRING(run_end_word(RUN_MEMORY), "memory");
}

static const struct suite_test tests[] = {
	{"what is printed is parsed and printed the same", print_parse_print},
	{"every field is read", every_field_is_read},
	{"bytes that are no text are shown as \\xNN", bytes_that_are_no_text},
	{"a parameter of any bytes comes back as it was", parameters_of_any_bytes},
	{"the longest seed and trouble in any script", words_that_are_no_ascii},
	{"an empty record", nothing_at_all},
	{"recorded runs are read and printed the same", recorded_runs_are_read},
	{"a record that is cut is refused, wherever it is cut", cut_anywhere},
	{"a record of which a bit is changed is refused, or read as it was", changed_anywhere},
	{"what was changed since is told", changes_are_told},
	{"each member of another type or missing is refused by name", wrong_types},
	{"values out of range are refused by name", values_out_of_range},
	{"values that are too long are refused by name", values_that_are_too_long},
	{"what is no record is refused", no_json},
	{"the ends of a run have words", words},
};

SUITE_MAIN("evidence", tests)
