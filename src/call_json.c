/* call_json.c - calls as JSON and back. What a call does not have is left out. */
#include "call.h"

#include "jsonout.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERRNO_MAX 200 /* above every errno of Linux */

static const char *const transports[] = {"unknown", "tcp", "udp", "raw"};

static_assert(sizeof transports / sizeof *transports == CALL_RAW + 1, "a word for each transport");

static void put_number(json_t *object, const char *key, int64_t number, int64_t absent)
{
	if (number != absent)
		jsonout_put(object, key, json_integer(number));
}

/* A source file's name may hold any bytes; JSON wants UTF-8. */
static json_t *plain(const char *bytes)
{
	char text[64];
	size_t length = 0;

	for (; bytes[length] && length < sizeof text - 1; length++)
		text[length] = bytes[length] >= 0x20 && bytes[length] < 0x7f ? bytes[length] : '?';
	text[length] = '\0';
	return json_string(text);
}

json_t *call_json(const struct call *call)
{
	json_t *object = json_object();
	char address[64];

	jsonout_put(object, "host", plain(call->host));
	jsonout_put(object, "program", json_integer(call->program));
	jsonout_put(object, "process", json_integer(call->process));
	jsonout_put(object, "thread", json_integer(call->thread));
	jsonout_put(object, "time_ns", json_integer(call->time_ns));
	jsonout_put(object, "call", json_string(call_word(call->kind)));
	put_number(object, "end_ns", call->end_ns, 0);
	put_number(object, "fd", call->fd, -1);
	if (call->transport != CALL_UNKNOWN)
		jsonout_put(object, "transport", json_string(transports[call->transport]));
	put_number(object, "domain", call->domain, 0);
	put_number(object, "type", call->type, 0);
	if (call->address.family) {
		jsonout_put(object, "address", json_string(address_print(&call->address, address, sizeof address)));
		jsonout_put(object, "port", json_integer(call->port));
	}
	put_number(object, "length", call->length, 0);
	put_number(object, "value", call->value, 0);
	if (call->option[0])
		jsonout_put(object, "option", plain(call->option));
	put_number(object, "result", call->result, 0);
	if (call->error)
		jsonout_put(object, "errno", strerrorname_np(call->error) ? json_string(strerrorname_np(call->error))
		                                                  : json_integer(call->error));
	put_number(object, "repeats", call->repeats, 0);
	if (call->line[0])
		jsonout_put(object, "line", plain(call->line));
	return object;
}

/* ---- reading ---- */

struct reader {
	const json_t *object;
	const char *wrong; /* the first key that is not as it should be */
};

static int64_t get(struct reader *reader, const char *key, int64_t absent, int64_t least, int64_t most)
{
	const json_t *value = json_object_get(reader->object, key);
	int64_t number = value ? (int64_t)json_integer_value(value) : absent;

	if (value && (!json_is_integer(value) || number < least || number > most)) {
		reader->wrong = reader->wrong ? reader->wrong : key;
		return absent;
	}
	return number;
}

/* "" when it is not there. */
static const char *get_string(struct reader *reader, const char *key, size_t size)
{
	const json_t *value = json_object_get(reader->object, key);
	const char *string = json_string_value(value);

	if (value && (!string || strlen(string) >= size)) {
		reader->wrong = reader->wrong ? reader->wrong : key;
		return "";
	}
	return string ? string : "";
}

/* What could rewrite the screen of who reads it does not come in. */
static void copy_plain(struct reader *reader, const char *key, char *out, size_t size)
{
	snprintf(out, size, "%s", get_string(reader, key, size));
	for (; *out; out++)
		if (*out < 0x20 || *out == 0x7f)
			*out = '?';
}

static enum call_kind get_kind(struct reader *reader)
{
	const char *word = get_string(reader, "call", 32);

	for (int kind = CALL_SOCKET; kind <= CALL_SETSOCKOPT; kind++)
		if (!strcmp(call_word((enum call_kind)kind), word))
			return (enum call_kind)kind;
	reader->wrong = reader->wrong ? reader->wrong : "call";
	return CALL_SOCKET;
}

static enum call_transport get_transport(struct reader *reader)
{
	const char *word = get_string(reader, "transport", 16);

	for (size_t i = 0; i < sizeof transports / sizeof transports[0]; i++)
		if (!strcmp(transports[i], word))
			return (enum call_transport)i;
	reader->wrong = *word && !reader->wrong ? "transport" : reader->wrong;
	return CALL_UNKNOWN;
}

static int get_errno(struct reader *reader)
{
	const char *word;

	if (json_is_integer(json_object_get(reader->object, "errno")))
		return (int)get(reader, "errno", 0, 0, 4095);
	word = get_string(reader, "errno", 32);
	for (int error = 1; *word && error < ERRNO_MAX; error++)
		if (strerrorname_np(error) && !strcmp(strerrorname_np(error), word))
			return error;
	reader->wrong = *word && !reader->wrong ? "errno" : reader->wrong;
	return 0;
}

const char *call_parse(const json_t *object, struct call *call)
{
	struct reader reader = {.object = object};
	const char *address = get_string(&reader, "address", 64);

	*call = (struct call){0};
	if (!json_is_object(object))
		return "calls";
	copy_plain(&reader, "host", call->host, sizeof call->host);
	call->program = (unsigned)get(&reader, "program", 0, 0, UINT16_MAX);
	call->process = (int)get(&reader, "process", 0, 0, INT32_MAX);
	call->thread = (int)get(&reader, "thread", 0, 0, INT32_MAX);
	call->time_ns = get(&reader, "time_ns", 0, 0, INT64_MAX);
	call->end_ns = get(&reader, "end_ns", 0, 0, INT64_MAX);
	call->kind = get_kind(&reader);
	call->fd = (int)get(&reader, "fd", -1, INT32_MIN, INT32_MAX);
	call->transport = get_transport(&reader);
	call->domain = (int)get(&reader, "domain", 0, INT32_MIN, INT32_MAX);
	call->type = (int)get(&reader, "type", 0, INT32_MIN, INT32_MAX);
	if (*address && !address_parse(address, &call->address))
		reader.wrong = reader.wrong ? reader.wrong : "address";
	call->port = (uint16_t)get(&reader, "port", 0, 0, UINT16_MAX);
	call->length = get(&reader, "length", 0, INT64_MIN, INT64_MAX);
	call->value = get(&reader, "value", 0, INT64_MIN, INT64_MAX);
	copy_plain(&reader, "option", call->option, sizeof call->option);
	call->result = get(&reader, "result", 0, INT64_MIN, INT64_MAX);
	call->error = get_errno(&reader);
	call->repeats = (unsigned)get(&reader, "repeats", 0, 0, INT32_MAX);
	copy_plain(&reader, "line", call->line, sizeof call->line);
	return reader.wrong;
}
