/* params.h - the values that a run chooses: {port}, {token}.
 *
 * A lesson gives each a kind and a default. A student's run uses the defaults;
 * with a seed each value is drawn anew from a keyed hash of seed and name, the
 * same for the same seed, so that a hard-coded program does not pass. */
#ifndef WINDSOCK_PARAMS_H
#define WINDSOCK_PARAMS_H

#include "error.h"
#include "text.h"

#include <stdbool.h>
#include <stdint.h>

enum param_kind {
	PARAM_PORT, /* drawn from 2000..29999 less those that tcpdump decodes or htons() leaves as they are; no two alike */
	PARAM_TEXT, /* drawn as two plain words of letters, of a length that differs from the default's */
	PARAM_FIXED, /* never drawn */
	PARAM_LENGTH /* how many bytes other parameters have together */
};

struct param {
	char name[32];
	enum param_kind kind;
	char value[128];
	char of[128]; /* PARAM_LENGTH: their names, with spaces between them */
};

struct params {
	struct param *params; /* owned */
	size_t count, capacity;
};

const struct param *params_find(const struct params *params, const char *name); /* NULL = none */
void params_set(struct params *params, const char *name, enum param_kind kind, const char *value);
/* A parameter of kind LENGTH: how many bytes the parameters named in OF have. -1: one of them is unknown. */
int params_set_length(struct params *params, const char *name, const char *of);
/* A copy with every PORT and TEXT drawn from SEED, a string of any length. */
void params_draw(const struct params *defaults, const char *seed, struct params *drawn);
/* TEMPLATE with each {name} replaced; \{ is a plain brace, \\ a backslash. -1: an unknown name or an open brace. */
int params_expand(const struct params *params, const char *template, struct text *out, struct error *error);
/* The value as a port, 1..65535, or -1. */
int params_port(const struct params *params, const char *name);
void params_copy(const struct params *from, struct params *to);
void params_free(struct params *params);

#endif
