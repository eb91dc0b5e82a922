/* address.c - the address_* half of packet.h: IPv4 and IPv6 addresses as values. */
#include "packet.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

bool address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

struct address address_ipv4(uint32_t host_order)
{
	struct address address = {.family = 4};
	uint32_t network = htonl(host_order);

	memcpy(address.bytes, &network, sizeof network);
	return address;
}

uint32_t address_to_ipv4(const struct address *address)
{
	uint32_t network;

	if (address->family != 4)
		return 0;
	memcpy(&network, address->bytes, sizeof network);
	return ntohl(network);
}

const char *address_print(const struct address *address, char *out, size_t size)
{
	char string[INET6_ADDRSTRLEN] = "none";

	/* inet_ntop() fails on a short buffer only, and this one fits any address. */
	if (address->family)
		(void)inet_ntop(address->family == 4 ? AF_INET : AF_INET6, address->bytes, string, sizeof string);
	snprintf(out, size, "%s", string);
	return out;
}

bool address_parse(const char *string, struct address *address)
{
	*address = (struct address){0};
	if (!strcmp(string, "none"))
		return true;
	if (inet_pton(AF_INET, string, address->bytes) == 1) {
		address->family = 4;
		return true;
	}
	if (inet_pton(AF_INET6, string, address->bytes) != 1) {
		*address = (struct address){0};
		return false;
	}
	address->family = 6;
	return true;
}
