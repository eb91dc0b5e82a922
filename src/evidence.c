/* evidence.c - see evidence.h. */
#include "evidence.h"

#include "jsonout.h"
#include "packet.h"
#include "seal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const end_words[] = {"running", "exited", "signalled", "not-started"};
static const char *const run_words[] = {"complete", "settled", "limit", "flood", "output", "processes", "memory"};
static const char *const state_words[] = {"bound",   "listen",     "connected", "opening",
                                          "closing", "close-wait", "time-wait"};
static const char *const transport_words[] = {"tcp", "udp"};
static const char *const param_words[] = {"port", "text", "fixed", "length"};

static_assert(sizeof run_words / sizeof *run_words == RUN_MEMORY + 1, "a word for each end of a run");
static_assert(sizeof state_words / sizeof *state_words == SOCK_TIME_WAIT + 1, "a word for each state");
static_assert(sizeof end_words / sizeof *end_words == PROGRAM_NOT_STARTED + 1, "a word for each end");

#define WORDS(table) table, sizeof table / sizeof *table

const char *run_end_word(enum run_end end)
{
	return run_words[end];
}

/* ---- writing ---- */

/* Programs print any bytes; JSON wants UTF-8. What is not ASCII is shown as \xNN. */
static json_t *bytes_as_text(const char *bytes)
{
	struct text text = {0};
	json_t *string;

	for (const char *at = bytes ? bytes : ""; *at; at++)
		if ((unsigned char)*at >= 0x7f || ((unsigned char)*at < 0x20 && *at != '\n' && *at != '\t'))
			text_printf(&text, "\\x%02x", (unsigned char)*at);
		else
			text_add_bytes(&text, at, 1);
	string = json_string(text_string(&text));
	text_free(&text);
	return string;
}

/* Ours, and UTF-8 as a rule; what is not is shown, and cut to fit a field of SIZE bytes. */
static json_t *words_as_text(const char *words, size_t size)
{
	json_t *string = json_string(words), *shown;
	size_t length;

	if (string)
		return string;
	shown = bytes_as_text(words);
	length = json_string_length(shown) < size ? json_string_length(shown) : size - 1;
	while (length && ((unsigned char)json_string_value(shown)[length] & 0xc0) == 0x80)
		length--; /* not within a character */
	string = json_stringn(json_string_value(shown), length);
	json_decref(shown);
	return string;
}

static json_t *program_json(const struct evidence_program *program)
{
	json_t *object = json_object(), *arguments = json_array();

	for (size_t i = 0; i < program->argument_count; i++)
		jsonout_append(arguments, bytes_as_text(program->arguments[i]));
	jsonout_put(object, "host", json_string(program->host));
	jsonout_put(object, "name", words_as_text(program->name, sizeof program->name));
	jsonout_put(object, "student", json_boolean(program->student));
	jsonout_put(object, "arguments", arguments);
	jsonout_put(object, "end", json_string(end_words[program->end]));
	jsonout_put(object, "value", json_integer(program->value));
	jsonout_put(object, "output", bytes_as_text(program->output));
	jsonout_put(object, "output_bytes", json_integer((json_int_t)program->output_bytes));
	jsonout_put(object, "processes", json_integer((json_int_t)program->processes));
	return object;
}

static json_t *capture_json(const struct evidence_capture *capture)
{
	json_t *object = json_object();

	jsonout_put(object, "host", json_string(capture->host));
	jsonout_put(object, "interface", json_string(capture->interface));
	jsonout_put(object, "file", json_string(capture->file));
	jsonout_put(object, "dropped", json_integer(capture->dropped));
	jsonout_put(object, "drained", json_boolean(capture->drained));
	if (*capture->sha256)
		jsonout_put(object, "sha256", json_string(capture->sha256));
	return object;
}

static json_t *socket_json(const struct sock_entry *entry)
{
	json_t *object = json_object();
	char local[64], remote[64];

	jsonout_put(object, "transport", json_string(transport_words[entry->transport]));
	jsonout_put(object, "state", json_string(state_words[entry->state]));
	jsonout_put(object, "local", json_string(address_print(&entry->local, local, sizeof local)));
	jsonout_put(object, "local_port", json_integer(entry->local_port));
	jsonout_put(object, "remote", json_string(address_print(&entry->remote, remote, sizeof remote)));
	jsonout_put(object, "remote_port", json_integer(entry->remote_port));
	jsonout_put(object, "receive_queue", json_integer(entry->receive_queue));
	jsonout_put(object, "send_queue", json_integer(entry->send_queue));
	jsonout_put(object, "timer", json_boolean(entry->timer));
	jsonout_put(object, "orphan", json_boolean(entry->orphan));
	return object;
}

static json_t *sockets_json(const struct evidence_sockets *sockets)
{
	json_t *object = json_object(), *entries = json_array();

	for (size_t i = 0; i < sockets->count; i++)
		jsonout_append(entries, socket_json(&sockets->entries[i]));
	jsonout_put(object, "host", json_string(sockets->host));
	jsonout_put(object, "sockets", entries);
	return object;
}

/* A parameter is compared with the wire, so none of its bytes may change: where they
 * are no UTF-8, each is the character of its number, and "bytes" says so. */
static void put_value(json_t *object, const char *value)
{
	json_t *string = json_string(value);
	struct text text = {0};

	if (string) {
		jsonout_put(object, "value", string);
		return;
	}
	for (const unsigned char *at = (const unsigned char *)value; *at; at++) {
		const unsigned char two[] = {(unsigned char)(0xc0 | *at >> 6), (unsigned char)(0x80 | (*at & 0x3f))};

		text_add_bytes(&text, *at < 0x80 ? at : two, *at < 0x80 ? 1 : 2);
	}
	jsonout_put(object, "value", json_string(text_string(&text)));
	jsonout_put(object, "bytes", json_true());
	text_free(&text);
}

static json_t *params_json(const struct params *params)
{
	json_t *array = json_array();

	for (size_t i = 0; i < params->count; i++) {
		json_t *object = json_object();

		jsonout_put(object, "name", json_string(params->params[i].name));
		jsonout_put(object, "kind", json_string(param_words[params->params[i].kind]));
		put_value(object, params->params[i].value);
		jsonout_append(array, object);
	}
	return array;
}

void evidence_print(const struct evidence *evidence, struct text *out)
{
	json_t *root = json_object(), *programs = json_array(), *captures = json_array(), *sockets = json_array();
	json_t *calls = json_array();
	char *dump;

	for (size_t i = 0; i < evidence->program_count; i++)
		jsonout_append(programs, program_json(&evidence->programs[i]));
	for (size_t i = 0; i < evidence->capture_count; i++)
		jsonout_append(captures, capture_json(&evidence->captures[i]));
	for (size_t i = 0; i < evidence->socket_count; i++)
		jsonout_append(sockets, sockets_json(&evidence->sockets[i]));
	jsonout_put(root, "windsock_evidence", json_integer(EVIDENCE_VERSION));
	jsonout_put(root, "lesson", json_string(evidence->lesson));
	jsonout_put(root, "case", json_string(evidence->case_name));
	jsonout_put(root, "seed", words_as_text(evidence->seed, sizeof evidence->seed));
	jsonout_put(root, "params", params_json(&evidence->params));
	jsonout_put(root, "end", json_string(run_words[evidence->end]));
	jsonout_put(root, "milliseconds", json_real(evidence->milliseconds));
	if (evidence->late_milliseconds > 0)
		jsonout_put(root, "late_milliseconds", json_real(evidence->late_milliseconds));
	jsonout_put(root, "trouble", words_as_text(evidence->trouble, sizeof evidence->trouble));
	jsonout_put(root, "programs", programs);
	jsonout_put(root, "captures", captures);
	jsonout_put(root, "sockets", sockets);
	for (size_t i = 0; i < evidence->call_count; i++)
		jsonout_append(calls, call_json(&evidence->calls[i]));
	jsonout_put(root, "calls", calls);
	jsonout_put(root, "calls_known", json_boolean(evidence->calls_known));
	jsonout_put(root, "calls_note", words_as_text(evidence->calls_note, sizeof evidence->calls_note));
	dump = json_dumps(root, JSON_INDENT(1));
	if (dump)
		seal_json(dump, out);
	free(dump);
	json_decref(root);
}

/* ---- reading ---- */

struct reader {
	const char *file;
	struct error *error;
	bool failed;
};

static void complain(struct reader *reader, const char *key, const char *wanted)
{
	if (!reader->failed)
		error_set(reader->error, reader->file, 0, 0,
		          "\"%s\" should be %s: this is not the record of a run; run `windsock check` again", key,
		          wanted);
	reader->failed = true;
}

static const char *get_string(struct reader *reader, const json_t *object, const char *key)
{
	const char *string = json_string_value(json_object_get(object, key));

	if (!string)
		complain(reader, key, "a string");
	return string ? string : "";
}

static void copy_string(struct reader *reader, const json_t *object, const char *key, char *out, size_t size)
{
	const char *string = get_string(reader, object, key);

	if (strlen(string) >= size)
		complain(reader, key, "shorter");
	snprintf(out, size, "%s", string);
}

static long long get_integer(struct reader *reader, const json_t *object, const char *key, long long least,
                             long long most)
{
	const json_t *value = json_object_get(object, key);
	long long number = json_integer_value(value);

	if (!json_is_integer(value) || number < least || number > most) {
		complain(reader, key, "a whole number in range");
		return least;
	}
	return number;
}

static bool get_bool(struct reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		complain(reader, key, "true or false");
	return json_is_true(value);
}

static unsigned get_word(struct reader *reader, const json_t *object, const char *key, const char *const *words,
                         size_t count)
{
	const char *word = get_string(reader, object, key);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(words[i], word))
			return (unsigned)i;
	complain(reader, key, "one of the known words");
	return 0;
}

/* Room for the elements of the array KEY; *array is NULL when it is none. */
static void *get_array(struct reader *reader, const json_t *object, const char *key, size_t size,
                       const json_t **array, size_t *count)
{
	*array = json_object_get(object, key);
	if (!json_is_array(*array))
		complain(reader, key, "a list");
	*count = json_array_size(*array);
	return mem_alloc(*count * size);
}

static struct address get_address(struct reader *reader, const json_t *object, const char *key)
{
	struct address address;

	if (!address_parse(get_string(reader, object, key), &address))
		complain(reader, key, "an address");
	return address;
}

static void read_program(struct reader *reader, const json_t *object, struct evidence_program *program)
{
	const json_t *arguments;

	copy_string(reader, object, "host", program->host, sizeof program->host);
	copy_string(reader, object, "name", program->name, sizeof program->name);
	program->student = get_bool(reader, object, "student");
	program->end = (enum program_end)get_word(reader, object, "end", WORDS(end_words));
	program->value = (int)get_integer(reader, object, "value", 0, INT32_MAX);
	program->output = mem_string(get_string(reader, object, "output"));
	program->output_bytes = (size_t)get_integer(reader, object, "output_bytes", 0, INT64_MAX);
	program->processes = (size_t)get_integer(reader, object, "processes", 0, INT32_MAX);
	program->arguments = get_array(reader, object, "arguments", sizeof *program->arguments, &arguments,
	                               &program->argument_count);
	for (size_t i = 0; i < program->argument_count; i++) {
		const char *argument = json_string_value(json_array_get(arguments, i));

		if (!argument)
			complain(reader, "arguments", "strings");
		program->arguments[i] = mem_string(argument ? argument : "");
	}
}

static void read_capture(struct reader *reader, const json_t *object, struct evidence_capture *capture)
{
	copy_string(reader, object, "host", capture->host, sizeof capture->host);
	copy_string(reader, object, "interface", capture->interface, sizeof capture->interface);
	copy_string(reader, object, "file", capture->file, sizeof capture->file);
	if (strchr(capture->file, '/'))
		complain(reader, "file", "a name without a slash");
	capture->dropped = (long)get_integer(reader, object, "dropped", -1, INT32_MAX);
	capture->drained = get_bool(reader, object, "drained");
	if (json_object_get(object, "sha256"))
		copy_string(reader, object, "sha256", capture->sha256, sizeof capture->sha256);
}

static void read_socket(struct reader *reader, const json_t *object, struct sock_entry *entry)
{
	entry->transport = (enum transport)get_word(reader, object, "transport", WORDS(transport_words));
	entry->state = (enum sock_state)get_word(reader, object, "state", WORDS(state_words));
	entry->local = get_address(reader, object, "local");
	entry->remote = get_address(reader, object, "remote");
	entry->local_port = (uint16_t)get_integer(reader, object, "local_port", 0, UINT16_MAX);
	entry->remote_port = (uint16_t)get_integer(reader, object, "remote_port", 0, UINT16_MAX);
	entry->receive_queue = (uint32_t)get_integer(reader, object, "receive_queue", 0, UINT32_MAX);
	entry->send_queue = (uint32_t)get_integer(reader, object, "send_queue", 0, UINT32_MAX);
	entry->timer = get_bool(reader, object, "timer");
	entry->orphan = get_bool(reader, object, "orphan");
}

static void read_sockets(struct reader *reader, const json_t *object, struct evidence_sockets *sockets)
{
	const json_t *array;

	copy_string(reader, object, "host", sockets->host, sizeof sockets->host);
	sockets->entries = get_array(reader, object, "sockets", sizeof *sockets->entries, &array, &sockets->count);
	for (size_t i = 0; i < sockets->count; i++)
		read_socket(reader, json_array_get(array, i), &sockets->entries[i]);
}

/* The inverse of put_value(): characters to bytes. */
static void read_bytes(struct reader *reader, char *value)
{
	char *out = value;

	for (const unsigned char *at = (const unsigned char *)value; *at; at++)
		if (*at < 0x80) {
			*out++ = (char)*at;
		} else if ((*at == 0xc2 || *at == 0xc3) && at[1]) { /* not where copy_string() has cut it */
			at++;
			*out++ = (char)((at[-1] & 3) << 6 | (*at & 0x3f));
		} else {
			complain(reader, "value", "bytes, each as one character up to U+00FF");
			return;
		}
	*out = '\0';
}

static void read_param(struct reader *reader, const json_t *object, struct params *params)
{
	char name[sizeof ((struct param *)NULL)->name], encoded[2 * sizeof ((struct param *)NULL)->value];
	enum param_kind kind;

	copy_string(reader, object, "name", name, sizeof name);
	kind = (enum param_kind)get_word(reader, object, "kind", WORDS(param_words));
	copy_string(reader, object, "value", encoded, sizeof encoded);
	if (json_object_get(object, "bytes") && get_bool(reader, object, "bytes"))
		read_bytes(reader, encoded);
	if (strlen(encoded) >= sizeof ((struct param *)NULL)->value)
		complain(reader, "value", "shorter");
	if (!reader->failed)
		params_set(params, name, kind, encoded);
}

static void read_params(struct reader *reader, const json_t *root, struct params *params)
{
	const json_t *array = json_object_get(root, "params");

	if (!json_is_array(array))
		complain(reader, "params", "a list");
	for (size_t i = 0; i < json_array_size(array); i++)
		read_param(reader, json_array_get(array, i), params);
}

/* They only explain: a record from before there were any is as good. */
static void read_calls(struct reader *reader, const json_t *root, struct evidence *evidence)
{
	const json_t *array = json_object_get(root, "calls");
	size_t count = json_array_size(array);

	if (json_object_get(root, "calls_note"))
		copy_string(reader, root, "calls_note", evidence->calls_note, sizeof evidence->calls_note);
	evidence->calls_known = count && !evidence->calls_note[0];
	if (json_object_get(root, "calls_known"))
		evidence->calls_known = get_bool(reader, root, "calls_known");
	if (array && (!json_is_array(array) || count > CALLS_MAX)) {
		complain(reader, "calls", "a list of socket calls");
		return;
	}
	evidence->calls = mem_alloc((count + 1) * sizeof *evidence->calls);
	for (; evidence->call_count < count && !reader->failed; evidence->call_count++) {
		struct call *call = &evidence->calls[evidence->call_count];
		const char *wrong = call_parse(json_array_get(array, evidence->call_count), call);

		if (wrong)
			complain(reader, wrong, "right in each of \"calls\"");
		else if (call->program >= evidence->program_count)
			complain(reader, "program", "the number of one of \"programs\"");
	}
}

static void read_root(struct reader *reader, const json_t *root, struct evidence *evidence)
{
	const json_t *array, *milliseconds = json_object_get(root, "milliseconds");
	const json_t *late = json_object_get(root, "late_milliseconds");

	(void)get_integer(reader, root, "windsock_evidence", EVIDENCE_VERSION, EVIDENCE_VERSION);
	copy_string(reader, root, "lesson", evidence->lesson, sizeof evidence->lesson);
	copy_string(reader, root, "case", evidence->case_name, sizeof evidence->case_name);
	copy_string(reader, root, "seed", evidence->seed, sizeof evidence->seed);
	copy_string(reader, root, "trouble", evidence->trouble, sizeof evidence->trouble);
	read_params(reader, root, &evidence->params);
	evidence->end = (enum run_end)get_word(reader, root, "end", WORDS(run_words));
	if (!json_is_number(milliseconds))
		complain(reader, "milliseconds", "a number");
	evidence->milliseconds = json_number_value(milliseconds);
	if (late && !json_is_number(late))
		complain(reader, "late_milliseconds", "a number");
	evidence->late_milliseconds = json_number_value(late);
	evidence->programs = get_array(reader, root, "programs", sizeof *evidence->programs, &array,
	                               &evidence->program_count);
	for (size_t i = 0; i < evidence->program_count; i++)
		read_program(reader, json_array_get(array, i), &evidence->programs[i]);
	evidence->captures = get_array(reader, root, "captures", sizeof *evidence->captures, &array,
	                               &evidence->capture_count);
	for (size_t i = 0; i < evidence->capture_count; i++)
		read_capture(reader, json_array_get(array, i), &evidence->captures[i]);
	evidence->sockets = get_array(reader, root, "sockets", sizeof *evidence->sockets, &array,
	                              &evidence->socket_count);
	for (size_t i = 0; i < evidence->socket_count; i++)
		read_sockets(reader, json_array_get(array, i), &evidence->sockets[i]);
	read_calls(reader, root, evidence);
}

/* A record from before there were seals has none. */
static void test_seal(struct reader *reader, const json_t *root, const char *source, size_t length)
{
	if (json_object_get(root, "sha256"))
		(void)get_string(reader, root, "sha256");
	if (reader->failed || seal_json_is_whole(root, source, length))
		return;
	error_set(reader->error, reader->file, 0, 0, EVIDENCE_DAMAGED);
	reader->failed = true;
}

int evidence_parse(struct evidence *evidence, const char *file, const char *source, size_t length,
                   struct error *error)
{
	struct reader reader = {.file = file, .error = error};
	json_error_t json_error;
	json_t *root = json_loadb(source, length, JSON_REJECT_DUPLICATES, &json_error);

	*evidence = (struct evidence){0};
	if (!root)
		return error_set(error, file, json_error.line, json_error.column,
		                 "%s: the record of the run is damaged; run `windsock check` again", json_error.text);
	read_root(&reader, root, evidence);
	test_seal(&reader, root, source, length);
	json_decref(root);
	if (!reader.failed)
		return 0;
	evidence_free(evidence);
	return -1;
}

void evidence_free(struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->program_count; i++) {
		for (size_t j = 0; j < evidence->programs[i].argument_count; j++)
			free(evidence->programs[i].arguments[j]);
		free(evidence->programs[i].arguments);
		free(evidence->programs[i].output);
	}
	for (size_t i = 0; i < evidence->socket_count; i++)
		free(evidence->sockets[i].entries);
	free(evidence->programs);
	free(evidence->captures);
	free(evidence->sockets);
	free(evidence->calls);
	params_free(&evidence->params);
	*evidence = (struct evidence){0};
}
