/* expect: exit 0; no control: which are there depends on the kernel's modules */
/* Sockets of families that load modules, or lead out of the machine. */
#include "attack.h"

static void attack(void)
{
	for (int family = 0; family < 64; family++)
		if (family != AF_UNIX && family != AF_INET && family != AF_INET6 && family != AF_NETLINK)
			for (int type = 1; type < 6; type++)
				TRY(socket(family, type, 0) >= 0 || errno != EAFNOSUPPORT);
	TRY(socket(AF_INET, SOCK_STREAM, 132 /* SCTP */) >= 0 || errno != EPROTONOSUPPORT);
	TRY(syscall(SYS_socket, AF_ALG | 1L << 32, SOCK_SEQPACKET, 0) >= 0);
}
