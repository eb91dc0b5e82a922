/* expect: fails; no control: as above */
/* A file that includes itself, twice: two to the power of its depth. */
#include __FILE__
#include __FILE__
int main(void) { return 0; }
