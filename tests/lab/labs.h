/* labs.h - lessons written in C, for tests of the lab that need no parser. */
#ifndef WINDSOCK_TESTS_LABS_H
#define WINDSOCK_TESTS_LABS_H

#include "../../src/lesson.h"

/* Room for any lesson of these tests; static, so that nothing needs freeing. */
struct labs_lesson {
	struct lesson lesson;
	struct host hosts[LESSON_HOSTS_MAX];
	struct link links[LESSON_HOSTS_MAX];
	struct route routes[LESSON_HOSTS_MAX];
	struct nat nats[4];
};

void labs_begin(struct labs_lesson *labs);
size_t labs_host(struct labs_lesson *labs, const char *name, enum host_kind kind);
/* ADDRESS is "10.0.0.1/24", or "" for a switch's port. */
void labs_link(struct labs_lesson *labs, size_t a, const char *interface_a, const char *address_a, size_t b,
               const char *interface_b, const char *address_b);
void labs_route(struct labs_lesson *labs, size_t host, const char *via); /* the default route */
void labs_nat(struct labs_lesson *labs, size_t host, const char *interface, enum nat_dependence mapping,
              enum nat_dependence filtering);
uint32_t labs_address(const char *dotted); /* host byte order */

/* a.eth0 10.0.0.1/24 -- b.eth0 10.0.0.2/24 */
void labs_pair(struct labs_lesson *labs);
/* a, b, c at 10.0.0.1 to 3, on switch lan */
void labs_star(struct labs_lesson *labs);
/* hub 192.168.1.10 -- home (lan 192.168.1.1, wan 203.0.113.1, NAT) -- isp -- cloud 198.51.100.1 */
enum { LABS_HUB, LABS_HOME, LABS_ISP, LABS_CLOUD, LABS_OTHER };
void labs_home(struct labs_lesson *labs, enum nat_dependence mapping, enum nat_dependence filtering);
/* The same, and other 198.51.100.130 */
void labs_home_and_other(struct labs_lesson *labs, enum nat_dependence mapping, enum nat_dependence filtering);

#endif
