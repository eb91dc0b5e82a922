/* sentinel.c - see sentinel.h. */
#include "sentinel.h"

#include <string.h>

#define ECHO_REPLY 0
#define HEADER 8

static const uint8_t magic[] = {'w', 'i', 'n', 'd', 's', 'o', 'c'};

uint16_t internet_checksum(const uint8_t *bytes, size_t length)
{
	uint32_t total = 0;

	for (size_t i = 0; i + 1 < length; i += 2)
		total += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~total;
}

void sentinel_write(uint8_t message[SENTINEL_SIZE], uint32_t number, bool outward)
{
	uint16_t checksum;

	memset(message, 0, SENTINEL_SIZE);
	message[0] = ECHO_REPLY;
	memcpy(message + HEADER, magic, sizeof magic);
	message[HEADER + sizeof magic] = outward;
	for (size_t i = 0; i < 4; i++)
		message[HEADER + sizeof magic + 1 + i] = (uint8_t)(number >> (8 * i));
	checksum = internet_checksum(message, SENTINEL_SIZE); /* RFC 792: over all of the message */
	message[2] = (uint8_t)(checksum >> 8);
	message[3] = (uint8_t)checksum;
}

bool sentinel_read(const struct packet *packet, uint32_t *number, bool *outward)
{
	const uint8_t *at = packet->payload;

	if (packet->kind != PACKET_ICMP_OTHER || packet->icmp_type != ECHO_REPLY ||
	    packet->payload_captured != SENTINEL_SIZE - HEADER || memcmp(at, magic, sizeof magic))
		return false;
	*outward = at[sizeof magic];
	*number = 0;
	for (size_t i = 0; i < 4; i++)
		*number |= (uint32_t)at[sizeof magic + 1 + i] << (8 * i);
	return true;
}
