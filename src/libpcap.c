/* libpcap.c - see libpcap.h. */
#include "libpcap.h"

#include "library.h"

/* Debian's and Ubuntu's; everybody else's; what its development files bring. */
static const char *const names[] = {"libpcap.so.0.8", "libpcap.so.1", "libpcap.so"};

static const struct library_function functions[] = {
	{"pcap_fopen_offline_with_tstamp_precision", offsetof(struct libpcap, fopen_offline)},
	{"pcap_next_ex", offsetof(struct libpcap, next)},
	{"pcap_datalink", offsetof(struct libpcap, datalink)},
	{"pcap_datalink_val_to_name", offsetof(struct libpcap, datalink_name)},
	{"pcap_geterr", offsetof(struct libpcap, geterr)},
	{"pcap_close", offsetof(struct libpcap, close)},
};

const struct libpcap *libpcap_load(void)
{
	static struct libpcap loaded;

	for (size_t i = 0; i < sizeof names / sizeof names[0] && !loaded.close; i++)
		if (!library_load(names[i], functions, sizeof functions / sizeof functions[0], &loaded))
			loaded = (struct libpcap){0};
	return loaded.close ? &loaded : NULL;
}
