/* expect: fails; without root: compiles */
/* Whether it is newer. */
#pragma GCC dependency "@FOLDER@/solution.c"
int main(void) { return 0; }
