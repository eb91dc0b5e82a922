/* labs.c - see labs.h. */
#include "labs.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void labs_begin(struct labs_lesson *labs)
{
	static char file[] = "test.lesson";

	memset(labs, 0, sizeof *labs);
	labs->lesson.file = file;
	labs->lesson.hosts = labs->hosts;
	labs->lesson.links = labs->links;
	labs->lesson.routes = labs->routes;
	labs->lesson.nats = labs->nats;
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
	nat->line = 300 + (int)labs->lesson.nat_count++;
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
