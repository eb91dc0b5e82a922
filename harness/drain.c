/* drain.c - see drain.h. */
#include "drain.h"

#include "../src/sentinel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/icmp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_raw(const struct lab *lab, size_t host)
{
	/* Deaf to every ICMP type (icmp(7), raw(7)): this socket only speaks. */
	struct icmp_filter filter = {.data = ~0U};
	int fd = -1, error;

	if (lab_visit(lab, host))
		return -1;
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP);
	error = errno;
	if (lab_leave(lab) || fd < 0) {
		errno = error;
		return -1;
	}
	if (setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter)) {
		error = errno;
		(void)close(fd);
		errno = error;
		return -1;
	}
	return fd;
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

int drain_open(struct drain *drain, const struct lab *lab, size_t host, const char *interface, struct error *error)
{
	const struct lesson *lesson = lab->lesson;
	const struct link_end *self = lesson_interface(lesson, host, interface, NULL), *neighbour;

	*drain = (struct drain){.fd = {-1, -1}};
	neighbour = self && self->address ? find_neighbour(lesson, self) : NULL;
	if (!neighbour)
		return error_set(error, lesson->file, 0, 0,
		                 "%s.%s cannot be watched: it needs an address and a neighbour on its link",
		                 lesson->hosts[host].name, interface);
	drain->address[0] = self->address;
	drain->address[1] = neighbour->address;
	drain->fd[0] = open_raw(lab, neighbour->host);
	drain->fd[1] = open_raw(lab, host);
	if (drain->fd[0] < 0 || drain->fd[1] < 0)
		return error_set(error, NULL, 0, 0, "cannot open a raw socket in the lab: %s", strerror(errno));
	return 0;
}

int drain_send(const struct drain *drain, uint32_t number)
{
	for (int outward = 0; outward < 2; outward++) {
		uint8_t message[SENTINEL_SIZE];
		struct sockaddr_in target = {.sin_family = AF_INET};

		sentinel_write(message, number, outward);
		target.sin_addr.s_addr = htonl(drain->address[outward]);
		if (sendto(drain->fd[outward], message, sizeof message, 0, (struct sockaddr *)&target, sizeof target) !=
		    (ssize_t)sizeof message)
			return -1;
	}
	return 0;
}

void drain_close(struct drain *drain)
{
	for (int i = 0; i < 2; i++) {
		if (drain->fd[i] >= 0)
			(void)close(drain->fd[i]);
		drain->fd[i] = -1;
	}
}
