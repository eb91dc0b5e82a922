/* expect: exit 0 or processes; without limits,tripwire: exit 1 */
/* The same with threads. */
#include "attack.h"

static void *wait_for_ever(void *nothing)
{
	for (;;)
		(void)pause();
	return nothing;
}

static void attack(void)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int count = 0;

	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, 65536);
	while (count < 200 && !pthread_create(&thread, &attributes, wait_for_ever, NULL))
		count++;
	TRY(count > 100);
}
