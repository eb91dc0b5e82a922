/* expect: exit 0; no control: they are not there, and a device that is made here opens nothing */
/* Devices of the machine. */
#include "attack.h"

static void attack(void)
{
	TRY(mknod("disk", S_IFBLK | 0600, makedev(254, 0)) == 0);
	TRY(open("/dev/kmsg", O_RDONLY) >= 0);
	TRY(open("/dev/mem", O_RDONLY) >= 0);
	TRY(open("/dev/tty", O_RDWR) >= 0);
	TRY(open("/dev/ptmx", O_RDWR) >= 0);
	TRY(open("/dev/net/tun", O_RDWR) >= 0);
}
