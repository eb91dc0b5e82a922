/* jsonout.h - JSON being built: what jansson says of each step, answered in one place.
 *
 * jansson fails for want of memory only, once every text is valid UTF-8; that ends the process, as in text.h. */
#ifndef WINDSOCK_JSONOUT_H
#define WINDSOCK_JSONOUT_H

#include <jansson.h>

/* VALUE, which is there. */
json_t *jsonout_checked(json_t *value);
/* Both take VALUE. */
void jsonout_put(json_t *object, const char *key, json_t *value);
void jsonout_append(json_t *array, json_t *value);

#endif
