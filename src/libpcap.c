/* libpcap.c - see libpcap.h. */
#include "libpcap.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Debian's and Ubuntu's; everybody else's; what its development files bring. */
static const char *const names[] = {"libpcap.so.0.8", "libpcap.so.1", "libpcap.so"};

static const struct {
	const char *name;
	size_t offset;
} functions[] = {
	{"pcap_fopen_offline_with_tstamp_precision", offsetof(struct libpcap, fopen_offline)},
	{"pcap_next_ex", offsetof(struct libpcap, next)},
	{"pcap_datalink", offsetof(struct libpcap, datalink)},
	{"pcap_datalink_val_to_name", offsetof(struct libpcap, datalink_name)},
	{"pcap_geterr", offsetof(struct libpcap, geterr)},
	{"pcap_close", offsetof(struct libpcap, close)},
};

static bool find_all(void *library, struct libpcap *loaded)
{
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
		void *function = dlsym(library, functions[i].name);

		if (!function)
			return false;
		/* A function's address in a void *: what dlsym(3) is about, and ISO C has no cast for. */
		memcpy((char *)loaded + functions[i].offset, &function, sizeof function);
	}
	return true;
}

const struct libpcap *libpcap_load(void)
{
	static struct libpcap loaded;

	for (size_t i = 0; i < sizeof names / sizeof names[0] && !loaded.close; i++) {
		void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL); /* for as long as the process lives */

		if (library && !find_all(library, &loaded))
			loaded = (struct libpcap){0};
	}
	return loaded.close ? &loaded : NULL;
}
