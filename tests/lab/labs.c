/* labs.c - see labs.h. */
#include "labs.h"

#include "../../harness/lab.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void labs_begin(struct labs_lesson *labs)
{
	static char file[] = "test.lesson";

	memset(labs, 0, sizeof *labs);
	labs->lesson.file = file;
	labs->lesson.hosts = labs->hosts;
	labs->lesson.links = labs->links;
	labs->lesson.routes = labs->routes;
	labs->lesson.nats = labs->nats;
	labs->lesson.filters = labs->filters;
	labs->lesson.forwards = labs->forwards;
	labs->lesson.memories = labs->memories;
	labs->lesson.rates = labs->rates;
	labs->lesson.rules = labs->rules;
	labs->lesson.tunnels = labs->tunnels;
}

size_t labs_host(struct labs_lesson *labs, const char *name, enum host_kind kind)
{
	struct host *host = &labs->hosts[labs->lesson.host_count];

	snprintf(host->name, sizeof host->name, "%s", name);
	host->kind = kind;
	host->line = 1 + (int)labs->lesson.host_count;
	return labs->lesson.host_count++;
}

uint32_t labs_address(const char *dotted)
{
	struct in_addr address;

	if (inet_pton(AF_INET, dotted, &address) != 1) {
		fprintf(stderr, "a test's address is wrong: %s\n", dotted);
		exit(99);
	}
	return ntohl(address.s_addr);
}

static void fill_end(struct link_end *end, size_t host, const char *interface, const char *address)
{
	char dotted[32];
	const char *slash = strchr(address, '/');

	end->host = host;
	snprintf(end->interface, sizeof end->interface, "%s", interface);
	if (!slash)
		return;
	snprintf(dotted, sizeof dotted, "%.*s", (int)(slash - address), address);
	end->address = labs_address(dotted);
	end->prefix = atoi(slash + 1);
}

void labs_link(struct labs_lesson *labs, size_t a, const char *interface_a, const char *address_a, size_t b,
               const char *interface_b, const char *address_b)
{
	struct link *link = &labs->links[labs->lesson.link_count];

	link->line = 100 + (int)labs->lesson.link_count++;
	fill_end(&link->end[0], a, interface_a, address_a);
	fill_end(&link->end[1], b, interface_b, address_b);
}

void labs_route(struct labs_lesson *labs, size_t host, const char *via)
{
	struct route *route = &labs->routes[labs->lesson.route_count];

	route->host = host;
	route->via = labs_address(via);
	route->line = 200 + (int)labs->lesson.route_count++;
}

void labs_nat(struct labs_lesson *labs, size_t host, const char *interface, enum nat_dependence mapping,
              enum nat_dependence filtering)
{
	struct nat *nat = &labs->nats[labs->lesson.nat_count];

	nat->host = host;
	snprintf(nat->interface, sizeof nat->interface, "%s", interface);
	nat->mapping = mapping;
	nat->filtering = filtering;
	nat->of_case = LESSON_EVERY_CASE;
	nat->line = 300 + (int)labs->lesson.nat_count++;
}

static struct filter *add_filter(struct labs_lesson *labs, size_t host, const char *interface,
                                 enum filter_action action)
{
	struct filter *filter = &labs->filters[labs->lesson.filter_count++];

	*filter = (struct filter){.host = host, .action = action, .of_case = LESSON_EVERY_CASE};
	snprintf(filter->interface, sizeof filter->interface, "%s", interface);
	return filter;
}

struct filter *labs_filter(struct labs_lesson *labs, size_t host, const char *interface, enum filter_action action,
                           enum filter_transport transport, uint16_t port)
{
	struct filter *filter = add_filter(labs, host, interface, action);

	filter->transport = transport;
	filter->port.number = port;
	return filter;
}

struct forward *labs_forward(struct labs_lesson *labs, size_t host, const char *interface,
                             enum filter_transport transport, uint16_t port, const char *to, uint16_t to_port)
{
	struct forward *forward = &labs->forwards[labs->lesson.forward_count++];

	*forward = (struct forward){.host = host, .transport = transport, .port.number = port, .to_port.number = to_port,
	                            .to = labs_address(to), .of_case = LESSON_EVERY_CASE};
	snprintf(forward->interface, sizeof forward->interface, "%s", interface);
	return forward;
}

void labs_memory(struct labs_lesson *labs, size_t host, enum filter_transport transport, int seconds)
{
	labs->memories[labs->lesson.memory_count++] =
		(struct memory){.host = host, .transport = transport, .seconds = seconds, .of_case = LESSON_EVERY_CASE};
}

struct rate *labs_rate(struct labs_lesson *labs, size_t host, const char *interface, uint64_t bits)
{
	struct rate *rate = &labs->rates[labs->lesson.rate_count++];

	*rate = (struct rate){.host = host, .bits = bits, .of_case = LESSON_EVERY_CASE};
	snprintf(rate->interface, sizeof rate->interface, "%s", interface);
	return rate;
}

void labs_pair(struct labs_lesson *labs)
{
	labs_begin(labs);
	labs_host(labs, "a", HOST_END);
	labs_host(labs, "b", HOST_END);
	labs_link(labs, 0, "eth0", "10.0.0.1/24", 1, "eth0", "10.0.0.2/24");
}

void labs_star(struct labs_lesson *labs)
{
	labs_begin(labs);
	labs_host(labs, "a", HOST_END);
	labs_host(labs, "b", HOST_END);
	labs_host(labs, "c", HOST_END);
	labs_host(labs, "lan", HOST_SWITCH);
	labs_link(labs, 0, "eth0", "10.0.0.1/24", 3, "", "");
	labs_link(labs, 3, "", "", 1, "eth0", "10.0.0.2/24");
	labs_link(labs, 2, "eth0", "10.0.0.3/24", 3, "", "");
}

void labs_home(struct labs_lesson *labs, enum nat_dependence mapping, enum nat_dependence filtering)
{
	labs_begin(labs);
	labs_host(labs, "hub", HOST_END);
	labs_host(labs, "home", HOST_ROUTER);
	labs_host(labs, "isp", HOST_ROUTER);
	labs_host(labs, "cloud", HOST_END);
	labs_link(labs, LABS_HUB, "eth0", "192.168.1.10/24", LABS_HOME, "lan", "192.168.1.1/24");
	labs_link(labs, LABS_HOME, "wan", "203.0.113.1/30", LABS_ISP, "home", "203.0.113.2/30");
	labs_link(labs, LABS_ISP, "cloud", "198.51.100.2/25", LABS_CLOUD, "eth0", "198.51.100.1/25");
	labs_route(labs, LABS_HUB, "192.168.1.1");
	labs_route(labs, LABS_HOME, "203.0.113.2");
	labs_route(labs, LABS_CLOUD, "198.51.100.2");
	labs_nat(labs, LABS_HOME, "wan", mapping, filtering);
}

void labs_home_and_other(struct labs_lesson *labs, enum nat_dependence mapping, enum nat_dependence filtering)
{
	labs_home(labs, mapping, filtering);
	labs_host(labs, "other", HOST_END);
	labs_link(labs, LABS_ISP, "other", "198.51.100.129/25", LABS_OTHER, "eth0", "198.51.100.130/25");
	labs_route(labs, LABS_OTHER, "198.51.100.129");
}

/* ---- bodies in children ---- */

static int complaints = -1; /* in a child: where to write them */
static struct lab remains;  /* in a child: what labs_build() built, closed behind the body */

void labs_fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vdprintf(complaints < 0 ? STDERR_FILENO : complaints, format, arguments);
	va_end(arguments);
	_exit(1);
}

static void run_child(labs_body *body)
{
	cpu_set_t one;

	alarm(20);
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	MUST(!sched_setaffinity(0, sizeof one, &one));
	body();
	lab_close(&remains);
	exit(0); /* not _exit(): a sanitizer has something to say at the end */
}

const char *labs_run(labs_body *body)
{
	static char text[2048];
	size_t length = 0;
	ssize_t got;
	int ends[2], status;
	pid_t child;

	fflush(NULL); /* or the child would print it again */
	if (pipe(ends) || (child = fork()) < 0)
		return "cannot fork";
	if (!child) {
		close(ends[0]);
		complaints = ends[1];
		run_child(body);
	}
	close(ends[1]);
	while (length < sizeof text - 64 && (got = read(ends[0], text + length, sizeof text - 64 - length)) > 0)
		length += (size_t)got;
	text[length] = '\0';
	close(ends[0]);
	if (waitpid(child, &status, 0) != child)
		return "the child is lost";
	if (!length && status)
		snprintf(text, sizeof text, "ended with status %#x", (unsigned)status);
	return text;
}

enum lab_result labs_order(struct lab *lab, const struct labs_lesson *labs, struct error *error)
{
	static const struct params none;
	struct lab_order order = {.lesson = &labs->lesson, .which = labs->which, .params = &none, .folder = labs->folder};

	return lab_build(lab, &order, error);
}

void labs_build(struct lab *lab, const struct labs_lesson *labs)
{
	struct error error;

	if (lab_enter(&error) || labs_order(lab, labs, &error) != LAB_BUILT)
		labs_fail("%s", error_string(&error));
	remains = *lab;
}

struct sockaddr_in labs_sockaddr(uint32_t address, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
}

static uint32_t first_address(const struct lesson *lesson, size_t host)
{
	for (size_t i = 0; i < 2 * lesson->link_count; i++)
		if (lesson->links[i / 2].end[i % 2].host == host)
			return lesson->links[i / 2].end[i % 2].address;
	return 0;
}

int labs_socket(const struct lab *lab, size_t host, int type, uint16_t port)
{
	struct sockaddr_in address = labs_sockaddr(first_address(lab->lesson, host), port);
	int descriptor;

	MUST(!lab_visit(lab, host));
	MUST((descriptor = socket(AF_INET, type | SOCK_CLOEXEC, 0)) >= 0);
	MUST(!bind(descriptor, (struct sockaddr *)&address, sizeof address));
	MUST(!lab_leave(lab));
	return descriptor;
}

int labs_tap(const struct lab *lab, size_t host, const char *interface)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	struct packet_mreq all = {.mr_type = PACKET_MR_PROMISC};
	int descriptor;

	MUST(!lab_visit(lab, host));
	MUST((descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)) >= 0);
	address.sll_ifindex = all.mr_ifindex = (int)if_nametoindex(interface);
	MUST(address.sll_ifindex > 0);
	MUST(!bind(descriptor, (struct sockaddr *)&address, sizeof address));
	MUST(!setsockopt(descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all));
	MUST(!lab_leave(lab));
	return descriptor;
}

bool labs_readable(int descriptor)
{
	struct pollfd ready = {.fd = descriptor, .events = POLLIN};

	return poll(&ready, 1, 1000) == 1;
}

void labs_send(int from, uint32_t address, uint16_t port, const char *text)
{
	struct sockaddr_in to = labs_sockaddr(address, port);

	MUST(sendto(from, text, strlen(text), 0, (struct sockaddr *)&to, sizeof to) == (ssize_t)strlen(text));
}

const char *labs_receive(int at, struct sockaddr_in *from)
{
	static char text[64];
	struct sockaddr_in sender;
	socklen_t size = sizeof sender;
	ssize_t length;

	MUST(labs_readable(at));
	MUST((length = recvfrom(at, text, sizeof text - 1, 0, (struct sockaddr *)&sender, &size)) >= 0);
	text[length] = '\0';
	if (from)
		*from = sender;
	return text;
}

int labs_count_frames(int tap)
{
	unsigned char frame[2048];
	int count = 0;

	while (recv(tap, frame, sizeof frame, MSG_DONTWAIT) > 0) {
		if (frame[12] != 0x08 || frame[13] != 0x00)
			labs_fail("a frame of type %02x%02x is noise", frame[12], frame[13]);
		count++;
	}
	return count;
}

static void try_to_enter(void)
{
	struct error error;

	if (lab_enter(&error))
		labs_fail("%s", error.text);
}

int labs_gate(void)
{
	const char *why = labs_run(try_to_enter);

	if (!*why)
		return 0;
	if (getenv("WINDSOCK_MUST_RUN")) {
		printf("Bail out! %s\n", why);
		return 99;
	}
	printf("1..0 # SKIP %s\n", why);
	return 77;
}
