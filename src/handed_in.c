/* handed_in.c - see handed_in.h. */
#include "handed_in.h"

#include "sha256.h"
#include "utf8.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define FILE_NAME_MOST 180 /* bytes: NAME_MAX is 255, and a temporary name is longer */

/* ---- platforms ---- */

/* "4711_" at AT: past it, or NULL. */
static const char *past_number(const char *at)
{
	size_t digits = strspn(at, "0123456789");

	return digits && at[digits] == '_' ? at + digits + 1 : NULL;
}

bool handed_in_canvas(const char *name, struct text *student, struct text *file, bool *late)
{
	const char *rest = strchr(name, '_'), *first, *second;
	size_t length = rest ? (size_t)(rest - name) : 0;

	if (!length)
		return false;
	rest++;
	*late = !strncasecmp(rest, "late_", 5);
	first = past_number(*late ? rest + 5 : rest);
	second = first ? past_number(first) : NULL;
	if (!second || !*second)
		return false;
	text_add_bytes(student, name, length);
	rest = *late ? rest + 5 : rest;
	text_add(student, "_");
	text_add_bytes(student, rest, (size_t)(first - rest) - 1);
	text_add(file, second);
	return true;
}

bool handed_in_moodle(const char *folder, struct text *student)
{
	const char *sign = strstr(folder, "_assignsubmission_"), *number = sign;

	while (number && number > folder && isdigit((unsigned char)number[-1]))
		number--;
	if (!sign || number == sign || number < folder + 2 || number[-1] != '_')
		return false;
	text_add_bytes(student, folder, (size_t)(sign - folder));
	return true;
}

static bool ends_in(const char *name, const char *ending)
{
	size_t length = strlen(name), tail = strlen(ending);

	return length > tail && !strcasecmp(name + length - tail, ending);
}

size_t handed_in_archive(const char *name)
{
	static const char *const endings[] = {".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".txz", ".tar.zst"};

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (ends_in(name, endings[i]))
			return strlen(name) - strlen(endings[i]);
	return 0;
}

/* ---- files and folders ---- */

/* What may stand between a name and its ending: "-1", "_2", " (3)", "(3)", " 2", " - Copy". */
static bool is_addition(const char *at, size_t length)
{
	size_t i = 0, digits = 0;
	bool opened = false;

	if (length == 7 && !strncasecmp(at, " - copy", 7))
		return true;
	while (i < length && (at[i] == ' ' || at[i] == '-' || at[i] == '_'))
		i++;
	if (i < length && at[i] == '(') {
		opened = true;
		i++;
	}
	for (; i < length && isdigit((unsigned char)at[i]); i++)
		digits++;
	if (opened && i < length && at[i] == ')')
		i++;
	return digits && digits < length && i == length;
}

static bool is_with_addition(const char *name, size_t length, const char *wanted)
{
	const char *dot = strrchr(wanted, '.');
	size_t ending = dot ? strlen(dot) : 0, stem = strlen(wanted) - ending;

	return length > stem + ending && !strncasecmp(name, wanted, stem) &&
	       !strncasecmp(name + length - ending, wanted + stem, ending) &&
	       is_addition(name + stem, length - stem - ending);
}

int handed_in_rank(const char *name, const char *wanted)
{
	size_t length = strlen(name);

	if (!strcmp(name, wanted))
		return 0;
	if (!strcasecmp(name, wanted))
		return 1;
	if (ends_in(name, ".txt"))
		length -= 4;
	if (length == strlen(wanted) && !strncasecmp(name, wanted, length))
		return 2;
	return is_with_addition(name, length, wanted) ? 2 : -1;
}

/* In lower case, with '-' for what people put between words. */
static void fold(const char *name, char *out, size_t size)
{
	size_t length = 0;

	for (; *name && length + 1 < size; name++)
		out[length++] = *name == '_' || *name == ' ' || *name == '.' ? '-' : (char)tolower((unsigned char)*name);
	out[length] = '\0';
}

static bool is_number(const char *text, long number)
{
	size_t digits = strspn(text, "0123456789");
	long value = 0;

	if (!digits || digits > 4 || text[digits])
		return false;
	for (size_t i = 0; i < digits; i++)
		value = 10 * value + (text[i] - '0');
	return value == number;
}

bool handed_in_is_lesson(const char *folder, const char *lesson)
{
	static const char *const words[] = {"lesson", "exercise", "assignment", "task", "ex"};
	char mine[256], full[256];
	const char *at = mine, *rest;
	long number = 0;

	fold(folder, mine, sizeof mine);
	fold(lesson, full, sizeof full);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!strncmp(at, words[i], strlen(words[i])) && at[strlen(words[i])]) {
			at += strlen(words[i]);
			at += *at == '-';
			break;
		}
	for (rest = full; isdigit((unsigned char)*rest); rest++)
		number = number < 1000 ? 10 * number + (*rest - '0') : number;
	return !strcmp(at, full) || (rest != full && (is_number(at, number) || (*rest == '-' && !strcmp(at, rest + 1))));
}

void handed_in_file_name(const char *name, struct text *out)
{
	size_t before = out->length;
	char hex[SHA256_HEX];

	for (const char *at = name; *at; at++)
		if (isalnum((unsigned char)*at) || (strchr("._-+@", *at) && !(at == name && *at == '.')))
			text_add_bytes(out, at, 1);
		else
			text_printf(out, "%%%02X", (unsigned char)*at);
	if (!*name)
		text_add(out, "%");
	if (out->length - before <= FILE_NAME_MOST)
		return;
	sha256_hex_of(name, strlen(name), hex);
	out->length = before + FILE_NAME_MOST - 33;
	out->data[out->length] = '\0';
	text_printf(out, "%%%.32s", hex); /* no escape is "%" and 32 digits at a name's end */
}

/* ---- bytes ---- */

void handed_in_clean(const void *bytes, size_t length, struct text *out)
{
	const char *byte = bytes;
	uint32_t code;

	text_add(out, "");
	for (size_t i = 0; i < length;) {
		size_t whole = utf8_at(&byte[i], length - i, &code);

		if (whole && ((code >= 0x20 && code < 0x7f) || code > 0x9f || code == '\n' || code == '\t'))
			text_add_bytes(out, &byte[i], whole);
		else
			text_printf(out, "\\x%02x", (unsigned char)byte[i]);
		i += whole ? whole : 1;
	}
}

static void add_remark(struct text *remark, const char *words)
{
	text_printf(remark, "%s%s", remark->length ? ", " : "", words);
}

static void add_character(struct text *out, uint32_t code)
{
	unsigned char bytes[4] = {(unsigned char)(0xf0 | code >> 18), (unsigned char)(0x80 | (code >> 12 & 63)),
	                          (unsigned char)(0x80 | (code >> 6 & 63)), (unsigned char)(0x80 | (code & 63))};

	if (code < 0x80) {
		bytes[3] = (unsigned char)code;
		text_add_bytes(out, &bytes[3], 1);
	} else if (code < 0x800) {
		bytes[2] = (unsigned char)(0xc0 | code >> 6);
		text_add_bytes(out, &bytes[2], 2);
	} else if (code < 0x10000) {
		bytes[1] = (unsigned char)(0xe0 | code >> 12);
		text_add_bytes(out, &bytes[1], 3);
	} else {
		text_add_bytes(out, bytes, 4);
	}
}

/* Windows' Notepad once called it "Unicode". LOW: which byte of two is the low one. */
static void from_utf16(const unsigned char *byte, size_t length, size_t low, struct text *out)
{
	for (size_t i = 2; i + 1 < length; i += 2) {
		uint32_t unit = (uint32_t)byte[i + 1 - low] << 8 | byte[i + low];
		uint32_t next = i + 3 < length ? (uint32_t)byte[i + 3 - low] << 8 | byte[i + 2 + low] : 0;

		if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
			unit = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
			i += 2;
		} else if (unit >= 0xd800 && unit < 0xe000) {
			unit = 0xfffd;
		}
		add_character(out, unit);
	}
}

/* CRLF, and the lone CR of a Mac of 1999, become LF. */
static void mend_lines(const char *bytes, size_t length, struct text *out, struct text *remark)
{
	size_t plain, ends = 0;

	for (size_t i = 0; i < length; i += plain + 1) {
		const char *end = memchr(bytes + i, '\r', length - i);

		plain = end ? (size_t)(end - bytes) - i : length - i;
		text_add_bytes(out, bytes + i, plain);
		if (!end)
			break;
		ends++;
		if (i + plain + 1 == length || bytes[i + plain + 1] != '\n')
			text_add(out, "\n");
	}
	if (ends)
		add_remark(remark, "had CRLF line ends");
}

void handed_in_mend(const struct text *bytes, struct text *out, struct text *remark)
{
	const char *data = text_string(bytes);
	size_t length = bytes->length;
	struct text converted = {0};

	text_add(out, "");
	if (length >= 2 && (!memcmp(data, "\xff\xfe", 2) || !memcmp(data, "\xfe\xff", 2))) {
		add_remark(remark, "was UTF-16");
		from_utf16((const unsigned char *)data, length, data[0] == '\xff' ? 0 : 1, &converted);
		data = text_string(&converted);
		length = converted.length;
	} else if (length >= 3 && !memcmp(data, "\xef\xbb\xbf", 3)) {
		add_remark(remark, "began with a byte order mark");
		data += 3;
		length -= 3;
	} else if (!utf8_is_valid(data, length)) {
		add_remark(remark, "is not UTF-8 (Latin-1?)"); /* left as it is: a string in it may be meant so */
	}
	mend_lines(data, length, out, remark);
	text_free(&converted);
}
