/* params.c - see params.h.
 *
 * Values are drawn by SipHash-2-4 (Aumasson and Bernstein, 2012), a keyed hash that is short enough to
 * stand here whole: the key is made of the seed, the message is a parameter's name and a counter. Keyed,
 * so that who has seen the values of some runs cannot tell those of the next; a hash and not a generator
 * with a state, so that a new parameter in a lesson changes no other's value. */
#include "params.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_LEAST 2000
#define PORT_COUNT 28000 /* 2000..29999: below the kernel's own, which begin at 32768 */
#define TRIES 100000     /* so that it ends, whatever the lesson asks for */
#define WORD_LEAST 3     /* letters in a drawn word */
#define WORD_COUNT 9     /* 3..11: two words and the space are at most 24 bytes with the one we may add */

static uint64_t turn(uint64_t word, int bits)
{
	return word << bits | word >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = turn(v[1], 13) ^ v[0];
	v[0] = turn(v[0], 32);
	v[2] += v[3];
	v[3] = turn(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = turn(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = turn(v[1], 17) ^ v[2];
	v[2] = turn(v[2], 32);
}

static void sip_absorb(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

static uint64_t siphash(const uint64_t key[2], const char *bytes, size_t length)
{
	uint64_t v[4] = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
	                 key[1] ^ 0x7465646279746573};
	uint64_t word = 0;

	for (size_t i = 0; i < length; i++) {
		word |= (uint64_t)(unsigned char)bytes[i] << 8 * (i % 8);
		if (i % 8 == 7) {
			sip_absorb(v, word);
			word = 0;
		}
	}
	sip_absorb(v, word | (uint64_t)length << 56);
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Two fixed keys make the two halves of the seed's key. */
static void make_key(const char *seed, uint64_t key[2])
{
	for (uint64_t half = 0; half < 2; half++)
		key[half] = siphash((const uint64_t[2]){half, ~half}, seed, strlen(seed));
}

/* The TRY-th value for NAME. */
static uint64_t draw(const uint64_t key[2], const char *name, unsigned try)
{
	char message[64];
	int length = snprintf(message, sizeof message, "%s/%u", name, try); /* a name has at most 31 bytes */

	return siphash(key, message, (size_t)length);
}

/* Ports for which tcpdump has a decoder: a student who looks at the capture there would be shown a broken
 * VXLAN header instead of the bytes that were sent. Found by giving tcpdump 4.99.3 packets of TCP and UDP for
 * each port; NFS, the HTTP proxy and SIP over TLS stayed silent then, and are here for safety. */
static bool is_decoded(unsigned port)
{
	static const struct { unsigned short first, last; } decoded[] = {
		{2049, 2049},   /* NFS */
		{2103, 2104},   /* Zephyr */
		{3128, 3128},   /* HTTP proxy */
		{3456, 3456},   /* VAT */
		{3503, 3503},   /* MPLS LSP ping */
		{3784, 3785},   /* BFD */
		{3799, 3799},   /* RADIUS change of authorization */
		{4342, 4342},   /* LISP */
		{4500, 4500},   /* IPsec over NAT */
		{4567, 4567},   /* whiteboard */
		{4784, 4784},   /* BFD over several hops */
		{4789, 4790},   /* VXLAN, VXLAN-GPE */
		{5060, 5061},   /* SIP */
		{5353, 5353},   /* multicast DNS */
		{5359, 5359},   /* AHCP */
		{6081, 6081},   /* Geneve */
		{6343, 6343},   /* sFlow */
		{6379, 6379},   /* Redis */
		{6633, 6633},   /* OpenFlow, before it had a number */
		{6635, 6635},   /* MPLS in UDP */
		{6653, 6653},   /* OpenFlow */
		{6696, 6697},   /* Babel */
		{6784, 6784},   /* BFD on a link of a bundle */
		{7000, 7009},   /* AFS */
		{7500, 7500},   /* ISAKMP, elsewhere */
		{7784, 7784},   /* seamless BFD */
		{8080, 8080},   /* HTTP, elsewhere */
		{8231, 8231},   /* HNCP */
		{8472, 8472},   /* OTV */
		{8500, 8500},   /* ISAKMP, elsewhere */
		{8554, 8554},   /* RTSP, elsewhere */
		{10288, 10288}, /* BEEP */
		{12222, 12223}, /* LWAPP */
		{17754, 17754}, /* ZEP */
	};

	for (size_t i = 0; i < sizeof decoded / sizeof *decoded; i++)
		if (port >= decoded[i].first && port <= decoded[i].last)
			return true;
	return false;
}

const struct param *params_find(const struct params *params, const char *name)
{
	for (size_t i = 0; i < params->count; i++)
		if (!strcmp(params->params[i].name, name))
			return &params->params[i];
	return NULL;
}

void params_set(struct params *params, const char *name, enum param_kind kind, const char *value)
{
	struct param *param = (struct param *)params_find(params, name);

	if (!param) {
		mem_room(params->params, params->count, params->capacity);
		param = &params->params[params->count++];
		*param = (struct param){0};
		(void)snprintf(param->name, sizeof param->name, "%s", name); /* lesson_parse() keeps both short */
	}
	param->kind = kind;
	(void)snprintf(param->value, sizeof param->value, "%s", value);
}

int params_set_length(struct params *params, const char *name, const char *of)
{
	char names[sizeof params->params->of], value[24], *rest = NULL;
	size_t length = 0;

	(void)snprintf(names, sizeof names, "%s", of);
	for (char *word = strtok_r(names, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		const struct param *param = params_find(params, word);

		if (!param)
			return -1;
		length += strlen(param->value);
	}
	(void)snprintf(value, sizeof value, "%zu", length);
	params_set(params, name, PARAM_LENGTH, value);
	(void)snprintf(params->params[params->count - 1].of, sizeof names, "%s", of); /* NAME is new */
	return 0;
}

/* Whether some parameter of the lot has this value. */
static bool is_taken(const struct params *params, const char *value)
{
	for (size_t i = 0; i < params->count; i++)
		if (!strcmp(params->params[i].value, value))
			return true;
	return false;
}

/* Its two bytes are the same: a program that forgets htons() would be right. */
static bool is_same_swapped(unsigned port)
{
	return port >> 8 == (port & 0xff);
}

static void draw_port(const uint64_t key[2], const char *name, unsigned try, char *value, size_t size)
{
	unsigned port;

	do
		port = PORT_LEAST + (unsigned)(draw(key, name, try++) % PORT_COUNT);
	while (is_decoded(port) || is_same_swapped(port));
	(void)snprintf(value, size, "%u", port);
}

/* A word of LENGTH letters that can be said aloud, from the bits of a hash. */
static char *add_word(char *at, uint64_t hash, size_t length)
{
	static const char consonants[] = "bdfglmnprstv", vowels[] = "aeiou";

	for (size_t i = 0; i < length; i++) {
		const char *letters = i % 2 ? vowels : consonants;
		size_t count = i % 2 ? sizeof vowels - 1 : sizeof consonants - 1;

		*at++ = letters[hash % count];
		hash /= count;
	}
	return at;
}

static void draw_text(const uint64_t key[2], const char *name, unsigned try, const char *other, char *value)
{
	uint64_t hash = draw(key, name, 3 * try);
	size_t first = WORD_LEAST + hash % WORD_COUNT, second = WORD_LEAST + hash / WORD_COUNT % WORD_COUNT;

	if (first + 1 + second == strlen(other))
		second++;
	value = add_word(value, draw(key, name, 3 * try + 1), first);
	*value++ = ' ';
	value = add_word(value, draw(key, name, 3 * try + 2), second);
	*value = '\0';
}

void params_draw(const struct params *defaults, const char *seed, struct params *drawn)
{
	uint64_t key[2];

	make_key(seed, key);
	*drawn = (struct params){0};
	for (size_t i = 0; i < defaults->count; i++) {
		struct param param = defaults->params[i];

		if (param.kind == PARAM_LENGTH) {
			(void)params_set_length(drawn, param.name, param.of); /* lesson_parse() knew the names */
			continue;
		}
		for (unsigned try = 0; param.kind != PARAM_FIXED && try < TRIES; try++) {
			if (param.kind == PARAM_PORT)
				draw_port(key, param.name, try, param.value, sizeof param.value);
			else
				draw_text(key, param.name, try, defaults->params[i].value, param.value);
			if (!is_taken(defaults, param.value) && !is_taken(drawn, param.value))
				break;
		}
		params_set(drawn, param.name, param.kind, param.value);
	}
}

static int expand_name(const struct params *params, const char **at, struct text *out, struct error *error)
{
	const char *start = *at + 1, *stop = strchr(start, '}');
	const struct param *param;
	char name[sizeof param->name];

	if (!stop)
		return error_set(error, NULL, 0, 0, "the brace in \"%.60s\" is never closed: write {name}, or \\{ for a "
		                 "plain brace", *at);
	(void)snprintf(name, sizeof name, "%.*s", (int)(stop - start < 32 ? stop - start : 31), start);
	param = params_find(params, name);
	if (!param || strlen(name) != (size_t)(stop - start))
		return error_set(error, NULL, 0, 0, "there is no parameter {%.60s: the lesson's `param` lines and its "
		                 "hosts with an address have names", start);
	text_add(out, param->value);
	*at = stop + 1;
	return 0;
}

int params_expand(const struct params *params, const char *template, struct text *out, struct error *error)
{
	for (const char *at = template; *at;) {
		if (*at == '{') {
			if (expand_name(params, &at, out, error))
				return -1;
			continue;
		}
		if (*at == '\\' && (at[1] == '{' || at[1] == '\\'))
			at++;
		text_add_bytes(out, at++, 1);
	}
	return 0;
}

int params_port(const struct params *params, const char *name)
{
	const struct param *param = params_find(params, name);
	int port = 0;

	if (!param || !param->value[0])
		return -1;
	for (const char *at = param->value; *at; at++) {
		if (*at < '0' || *at > '9' || port > 6553)
			return -1;
		port = 10 * port + (*at - '0');
	}
	return port >= 1 && port <= 65535 ? port : -1;
}

void params_copy(const struct params *from, struct params *to)
{
	*to = (struct params){0};
	for (size_t i = 0; i < from->count; i++) {
		params_set(to, from->params[i].name, from->params[i].kind, from->params[i].value);
		memcpy(to->params[i].of, from->params[i].of, sizeof to->params[i].of);
	}
}

void params_free(struct params *params)
{
	free(params->params);
	*params = (struct params){0};
}
