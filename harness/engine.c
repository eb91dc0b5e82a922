/* engine.c - the engines that there are. */
#include "engine.h"

#include <string.h>

static const struct engine *const engines[] = {&engine_slurm, &engine_parallel};

const struct engine *engine_find(const char *name)
{
	for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++)
		if (!strcmp(engines[i]->name, name))
			return engines[i];
	return NULL;
}

void engine_names(struct text *out)
{
	for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++)
		text_printf(out, "%s%s", i ? ", " : "", engines[i]->name);
}
