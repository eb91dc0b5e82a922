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

/* Of a number below 256, at OUT; behind its last digit. */
static char *print_byte(unsigned byte, char *out)
{
	if (byte >= 100)
		*out++ = (char)('0' + byte / 100);
	if (byte >= 10)
		*out++ = (char)('0' + byte / 10 % 10);
	*out++ = (char)('0' + byte % 10);
	return out;
}

/* inet_ntop() goes by way of printf(), which a summary of many flows would feel. */
static void print_ipv4(const uint8_t bytes[4], char *out)
{
	for (int i = 0; i < 4; i++) {
		out = print_byte(bytes[i], out);
		*out++ = i < 3 ? '.' : '\0';
	}
}

const char *address_print(const struct address *address, char *out, size_t size)
{
	char string[INET6_ADDRSTRLEN] = "none";

	/* inet_ntop() fails on a short buffer only, and this one fits any address. */
	if (address->family == 4)
		print_ipv4(address->bytes, string);
	else if (address->family)
		(void)inet_ntop(AF_INET6, address->bytes, string, sizeof string);
	if (size) {
		out[0] = '\0';
		strncat(out, string, size - 1);
	}
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
