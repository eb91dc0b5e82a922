/* expect: exit 0; no control: the pid namespace is what the sandbox is made of */
/* Who else is there. */
#include "attack.h"

static void attack(void)
{
	DIR *all = opendir("/proc");
	char path[64];

	for (struct dirent *entry; all && (entry = readdir(all));)
		TRY(atoi(entry->d_name) > 0 && atoi(entry->d_name) != getpid());
	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)grader);
	TRY(grader > 64 && access(path, F_OK) == 0);
}
