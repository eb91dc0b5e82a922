/* expect: fails; no control: what an assembler quotes of it depends on its version */
/* What the compiler was started with, read by the assembler, which says what it does not understand. */
__asm__(".include \"/proc/self/environ\"");
int main(void) { return 0; }
