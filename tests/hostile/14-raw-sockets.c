/* expect: exit 0; no control: the kernel asks for a capability over the lab, and the filter comes before it */
/* Packets of our own making. */
#include "attack.h"

static void attack(void)
{
	int one = 1, s = socket(AF_INET, SOCK_DGRAM, 0);

	TRY(socket(AF_INET, SOCK_RAW, IPPROTO_UDP) >= 0);
	TRY(socket(AF_INET6, SOCK_RAW, IPPROTO_UDP) >= 0);
	TRY(socket(AF_PACKET, SOCK_RAW, 0) >= 0);
	TRY(socket(44 /* AF_XDP */, SOCK_RAW, 0) >= 0);
	TRY(setsockopt(s, SOL_IP, 19 /* IP_TRANSPARENT */, &one, sizeof one) == 0);
	TRY(setsockopt(s, SOL_SOCKET, 36 /* SO_MARK */, &one, sizeof one) == 0);
}
