/* expect: exit 0; without filter: exit 1 */
/* The kernel's other ears: events of devices, netfilter, audit. */
#include "attack.h"

static void attack(void)
{
	for (int protocol = 1; protocol < 32; protocol++)
		TRY(socket(AF_NETLINK, SOCK_RAW, protocol) >= 0);
}
