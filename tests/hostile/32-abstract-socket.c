/* expect: exit 0; without landlock: exit 1; needs landlock */
/* A nameless socket of somebody in the same network namespace. */
#include "attack.h"

static void attack(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "\0windsock-hostile"};
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	TRY(connect(s, (struct sockaddr *)&to, offsetof(struct sockaddr_un, sun_path) + 17) == 0);
}
