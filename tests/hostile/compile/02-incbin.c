/* expect: fails; without root: leaks */
/* The solution as bytes, by the assembler. */
__asm__(".incbin \"@FOLDER@/solution.c\"");
int main(void) { return 0; }
