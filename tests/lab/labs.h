/* labs.h - lessons written in C, for tests of the lab that need no parser. */
#ifndef WINDSOCK_TESTS_LABS_H
#define WINDSOCK_TESTS_LABS_H

#include "../../harness/lab.h"

/* Room for any lesson of these tests; static, so that nothing needs freeing. */
struct labs_lesson {
	struct lesson lesson;
	struct host hosts[LESSON_HOSTS_MAX];
	struct link links[LESSON_HOSTS_MAX];
	struct route routes[LESSON_HOSTS_MAX];
	struct nat nats[4];
	struct filter filters[16];
	struct forward forwards[8];
	struct memory memories[4];
	struct rate rates[4];
	struct rules rules[2];
	struct tunnel tunnels[4];
	size_t which;       /* the case that the lab is built for */
	const char *folder; /* of rulesets */
};

void labs_begin(struct labs_lesson *labs);
size_t labs_host(struct labs_lesson *labs, const char *name, enum host_kind kind);
/* ADDRESS is "10.0.0.1/24", or "" for a switch's port. */
void labs_link(struct labs_lesson *labs, size_t a, const char *interface_a, const char *address_a, size_t b,
               const char *interface_b, const char *address_b);
void labs_route(struct labs_lesson *labs, size_t host, const char *via); /* the default route */
void labs_nat(struct labs_lesson *labs, size_t host, const char *interface, enum nat_dependence mapping,
              enum nat_dependence filtering);
/* What is not among the arguments may be set in what comes back. */
struct filter *labs_filter(struct labs_lesson *labs, size_t host, const char *interface, enum filter_action action,
                           enum filter_transport transport, uint16_t port);
struct forward *labs_forward(struct labs_lesson *labs, size_t host, const char *interface,
                             enum filter_transport transport, uint16_t port, const char *to, uint16_t to_port);
void labs_memory(struct labs_lesson *labs, size_t host, enum filter_transport transport, int seconds);
struct rate *labs_rate(struct labs_lesson *labs, size_t host, const char *interface, uint64_t bits);
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

/* Runs BODY in a forked child, pinned to one processor, so that packets keep their order,
 * and killed after 20 s. What BODY complained of, or "" when it did not; valid until the
 * next call. */
typedef void labs_body(void);
const char *labs_run(labs_body *body);
/* In a body: ends it with a complaint. */
void labs_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
#define MUST(condition) \
	do { if (!(condition)) labs_fail("%s:%d: %s (%m)", __FILE__, __LINE__, #condition); } while (0)
/* lab_build() of a lesson as it stands here. */
enum lab_result labs_order(struct lab *lab, const struct labs_lesson *labs, struct error *error);
/* lab_enter() and lab_build(), complaining for themselves; the lab is closed behind the body. */
void labs_build(struct lab *lab, const struct labs_lesson *labs);
/* A socket of TYPE (SOCK_DGRAM | ...) in HOST's namespace, bound to its first address and PORT. */
int labs_socket(const struct lab *lab, size_t host, int type, uint16_t port);
/* An AF_PACKET socket in HOST's namespace that sees all of INTERFACE, both ways. */
int labs_tap(const struct lab *lab, size_t host, const char *interface);
/* Waits up to a second until DESCRIPTOR can be read. */
bool labs_readable(int descriptor);
struct sockaddr_in;
void labs_send(int from, uint32_t address, uint16_t port, const char *text);
/* What came, within a second; the sender in *from (may be NULL). */
const char *labs_receive(int at, struct sockaddr_in *from);
/* The frames at a tap until now: how many are IPv4, and not one of anything else. */
int labs_count_frames(int tap);
struct sockaddr_in labs_sockaddr(uint32_t address, uint16_t port);

/* 0 when this machine lets us make labs; else says why in TAP and returns 77, or 99 where
 * WINDSOCK_MUST_RUN is set, so that a test machine cannot skip unnoticed. */
int labs_gate(void);

#endif
