/* traffic.c - see traffic.h. */
#include "traffic.h"

#include <string.h>

/* NULL: the packet tells no sender, or one too many. */
static struct traffic_sender *sender_of(struct traffic *traffic, const struct packet *packet)
{
	size_t i;

	if (packet->direction != PACKET_DIRECTION_UNKNOWN || !packet->has_link_source)
		return NULL;
	for (i = 0; i < traffic->sender_count; i++)
		if (!memcmp(traffic->senders[i].link, packet->link_source, sizeof packet->link_source))
			return &traffic->senders[i];
	if (i == TRAFFIC_SENDERS)
		return NULL;
	memcpy(traffic->senders[i].link, packet->link_source, sizeof packet->link_source);
	traffic->sender_count++;
	return &traffic->senders[i];
}

void traffic_packet(struct traffic *traffic, const struct packet *packet, bool from_host)
{
	struct traffic_sender *sender = sender_of(traffic, packet);

	if (sender) {
		sender->own |= from_host;
		sender->bytes += packet->ip_length;
		return;
	}
	if (packet->direction != PACKET_DIRECTION_UNKNOWN)
		from_host = packet->direction == PACKET_DIRECTION_OUT;
	traffic->bytes[!from_host] += packet->ip_length;
}

void traffic_own(struct traffic *traffic, const struct packet *packet)
{
	struct traffic_sender *sender = sender_of(traffic, packet);

	if (sender)
		sender->own = true;
}

void traffic_bytes(const struct traffic *traffic, uint64_t bytes[2])
{
	bytes[0] = traffic->bytes[0];
	bytes[1] = traffic->bytes[1];
	for (size_t i = 0; i < traffic->sender_count; i++)
		bytes[!traffic->senders[i].own] += traffic->senders[i].bytes;
}
