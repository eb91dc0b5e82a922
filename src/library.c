/* library.c - see library.h. */
#include "library.h"

#include <dlfcn.h>
#include <string.h>

bool library_load(const char *name, const struct library_function *functions, size_t count, void *loaded)
{
	void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);

	for (size_t i = 0; library && i < count; i++) {
		void *function = dlsym(library, functions[i].name);

		if (!function)
			return false;
		/* A function's address in a void *: what dlsym(3) is about, and ISO C has no cast for. */
		memcpy((char *)loaded + functions[i].offset, &function, sizeof function);
	}
	return library;
}
