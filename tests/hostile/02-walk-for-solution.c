/* expect: exit 0; without root: exit 1 */
/* The solution, wherever it is. */
#include "attack.h"

static int look(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
	(void)path;
	(void)status;
	if (kind == FTW_D && ftw->level == 1 && (!strcmp(path, "/usr") || !strcmp(path, "/proc")))
		return FTW_SKIP_SUBTREE;
	return kind == FTW_F && !strcmp(path + ftw->base, "solution.c") ? FTW_STOP : FTW_CONTINUE;
}

static void attack(void)
{
	TRY(nftw("/", look, 64, FTW_PHYS | FTW_ACTIONRETVAL) == FTW_STOP);
}
