/* expect: exit 0; no control: the network namespace is what the lab is made of */
/* A port of the machine's. */
#include "attack.h"

static void attack(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)grader_port)};

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	TRY(connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof to) == 0);
	to.sin_addr.s_addr = inet_addr("1.1.1.1");
	TRY(connect(socket(AF_INET, SOCK_DGRAM, 0), (struct sockaddr *)&to, sizeof to) == 0);
}
