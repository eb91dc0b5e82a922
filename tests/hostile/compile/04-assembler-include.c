/* expect: fails; without root: leaks */
/* The assembler quotes it. */
__asm__(".include \"@FOLDER@/solution.c\"");
int main(void) { return 0; }
