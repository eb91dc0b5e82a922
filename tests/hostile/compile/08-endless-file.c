/* expect: fails; no control: it would take all memory */
/* A header without end. */
#include "/dev/zero"
int main(void) { return 0; }
