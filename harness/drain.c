/* drain.c - see drain.h. */
#include "drain.h"

#include "../src/sentinel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define IP_HEADER 20
#define ICMP_FILTER 1 /* raw(7); linux/icmp.h has it, and cannot be included beside net/if.h */

static int open_raw(const char *interface)
{
	/* Deaf to every ICMP type (icmp(7), raw(7)): this socket only speaks. */
	uint32_t filter = ~0U;
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP), error;

	if (fd < 0)
		return -1;
	/* Bound to a tunnel, where any address of its subnet is somebody. */
	if (setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter) ||
	    (interface && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)))) {
		error = errno;
		(void)close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static void aim_raw(struct drain_end *end)
{
	struct sockaddr_in target = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(end->to)};

	memcpy(&end->target, &target, sizeof target);
	end->size = sizeof target;
}

/* An interface's address and that of its MAC: see choose_mac() of lab_links.c. */
static void aim_packet(struct drain_end *end, unsigned index)
{
	uint32_t tail = htonl(end->to);
	struct sockaddr_ll target = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = (int)index,
	                             .sll_halen = 6, .sll_addr = {0x02}};

	memcpy(target.sll_addr + 2, &tail, sizeof tail);
	memcpy(&end->target, &target, sizeof target);
	end->size = sizeof target;
	end->whole = true;
}

static bool has_rules(const struct lab *lab, size_t host)
{
	for (size_t i = 0; i < lab->lesson->rules_count; i++)
		if (lab->lesson->rules[i].host == host && lesson_holds(lab->lesson->rules[i].of_case, lab->which))
			return true;
	return false;
}

/* In the host of SELF. TUNNEL: its interface is one. */
static int open_there(struct drain_end *end, const struct lab *lab, const struct link_end *self, bool tunnel)
{
	if (has_rules(lab, self->host)) {
		end->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); /* deaf: it is not bound */
		aim_packet(end, if_nametoindex(self->interface));
	} else {
		end->fd = open_raw(tunnel ? self->interface : NULL);
		aim_raw(end);
	}
	return end->fd < 0 ? -1 : 0;
}

static int open_end(struct drain_end *end, const struct lab *lab, const struct link_end *self, bool tunnel)
{
	int result, error;

	if (lab_visit(lab, self->host))
		return -1;
	result = open_there(end, lab, self, tunnel);
	error = errno;
	if (lab_leave(lab))
		return -1;
	errno = error;
	return result;
}

static bool is_neighbour(const struct link_end *self, const struct link_end *other)
{
	uint32_t mask = self->prefix ? ~0U << (32 - self->prefix) : 0;

	return other->address && other->host != self->host && (self->address & mask) == (other->address & mask);
}

/* Somebody else in the subnet of SELF: the other end of the wire, or behind the switch. */
static const struct link_end *find_neighbour(const struct lesson *lesson, const struct link_end *self)
{
	for (size_t i = 0; i < lesson->link_count; i++)
		for (int side = 0; side < 2; side++)
			if (is_neighbour(self, &lesson->links[i].end[side]))
				return &lesson->links[i].end[side];
	return NULL;
}

/* Which of the lesson's tunnels SELF is, or -1. */
static int find_tunnel(const struct lesson *lesson, const struct link_end *self)
{
	for (size_t i = 0; i < lesson->tunnel_count; i++)
		if (self == &lesson->tunnels[i].end)
			return (int)i;
	return -1;
}

/* The other end of a tunnel is the lab's own: what is written there comes in. */
static int open_tunnel(struct drain_end *end, const struct lab *lab, int tunnel)
{
	struct sockaddr_ll self;
	socklen_t size = sizeof self;

	end->fd = fcntl(lab->tunnels[tunnel], F_DUPFD_CLOEXEC, 3);
	if (end->fd < 0 || getsockname(end->fd, (struct sockaddr *)&self, &size))
		return -1;
	aim_packet(end, (unsigned)self.sll_ifindex);
	return 0;
}

/* Somebody in a tunnel's subnet: not its last address, which is everybody, nor its first one, which is so as well before
 * Linux 5.14. */
static uint32_t other_than(const struct link_end *self)
{
	uint32_t hosts = self->prefix < 31 ? ~0U >> self->prefix : 0; /* RFC 3021: two addresses, both somebody's */
	uint32_t other = (self->address ^ 1) & hosts;

	return self->address ^ (hosts && (!other || other == hosts) ? 3 : 1);
}

int drain_open(struct drain *drain, const struct lab *lab, size_t host, const char *interface, struct error *error)
{
	const struct lesson *lesson = lab->lesson;
	const struct link_end *self = lesson_interface(lesson, host, interface, NULL), *neighbour = NULL;
	int tunnel = self ? find_tunnel(lesson, self) : -1;
	uint32_t other;

	*drain = (struct drain){.end = {{.fd = -1}, {.fd = -1}}};
	if (self && self->address && tunnel < 0)
		neighbour = find_neighbour(lesson, self);
	if (!neighbour && tunnel < 0)
		return error_set(error, lesson->file, 0, 0,
		                 "%s.%s cannot be watched: it needs an address and a neighbour on its link",
		                 lesson->hosts[host].name, interface);
	other = neighbour ? neighbour->address : other_than(self);
	drain->end[0].to = drain->end[1].from = self->address;
	drain->end[1].to = drain->end[0].from = other;
	if ((neighbour ? open_end(&drain->end[0], lab, neighbour, false) : open_tunnel(&drain->end[0], lab, tunnel)) ||
	    open_end(&drain->end[1], lab, self, tunnel >= 0))
		return error_set(error, NULL, 0, 0, "cannot open a raw socket in the lab: %s", strerror(errno));
	return 0;
}

/* RFC 791: a header without options before the SENTINEL_SIZE bytes behind it. */
static void write_header(uint8_t header[IP_HEADER], const struct drain_end *end)
{
	uint32_t from = htonl(end->from), to = htonl(end->to);
	uint16_t checksum;

	memset(header, 0, IP_HEADER);
	header[0] = 0x45;
	header[3] = IP_HEADER + SENTINEL_SIZE;
	header[8] = 64;
	header[9] = IPPROTO_ICMP;
	memcpy(header + 12, &from, sizeof from);
	memcpy(header + 16, &to, sizeof to);
	checksum = internet_checksum(header, IP_HEADER);
	header[10] = (uint8_t)(checksum >> 8);
	header[11] = (uint8_t)checksum;
}

int drain_send(const struct drain *drain, uint32_t number)
{
	for (int outward = 0; outward < 2; outward++) {
		const struct drain_end *end = &drain->end[outward];
		uint8_t packet[IP_HEADER + SENTINEL_SIZE];
		size_t skipped = end->whole ? 0 : IP_HEADER;

		write_header(packet, end);
		sentinel_write(packet + IP_HEADER, number, outward);
		if (sendto(end->fd, packet + skipped, sizeof packet - skipped, 0, (const struct sockaddr *)&end->target,
		           end->size) != (ssize_t)(sizeof packet - skipped))
			return -1;
	}
	return 0;
}

void drain_close(struct drain *drain)
{
	for (int i = 0; i < 2; i++) {
		if (drain->end[i].fd >= 0)
			(void)close(drain->end[i].fd);
		drain->end[i].fd = -1;
	}
}
