/* expect: fails; without root: leaks */
/* The solution, compiled in. */
#include "@FOLDER@/solution.c"
