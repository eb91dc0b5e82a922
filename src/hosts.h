/* hosts.h - which address belongs to which name. */
#ifndef WINDSOCK_HOSTS_H
#define WINDSOCK_HOSTS_H

#include "lesson.h"
#include "packet.h"
#include "trace.h"

struct host_address {
	char name[TRACE_NAME];
	struct address address;
};

struct hosts {
	struct host_address *entries; /* owned */
	size_t count, capacity;
};

void hosts_add(struct hosts *hosts, const char *name, const struct address *address);
/* Every address of every host of the lesson. */
void hosts_of_lesson(struct hosts *hosts, const struct lesson *lesson);
/* The name, or NULL when the address is nobody's. */
const char *hosts_name(const struct hosts *hosts, const struct address *address);
/* Whether NAME (a host, an address, or "*") covers ADDRESS. */
bool hosts_match(const struct hosts *hosts, const char *name, const struct address *address);
/* Whether every end of a flow in TRACE is one of the lesson's hosts, an address, or "*": -1: *error says which is
 * not. A host that is not there would make every program wrong. */
int hosts_check_trace(const struct lesson *lesson, const struct trace *trace, struct error *error);
void hosts_free(struct hosts *hosts);

#endif
