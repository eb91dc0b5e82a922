/* jsonout.c - see jsonout.h. */
#include "jsonout.h"

#include <stdlib.h>

json_t *jsonout_checked(json_t *value)
{
	if (!value)
		abort();
	return value;
}

void jsonout_put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value)) /* also where VALUE is NULL */
		abort();
}

void jsonout_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value)) /* also where VALUE is NULL */
		abort();
}
