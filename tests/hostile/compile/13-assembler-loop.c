/* expect: fails; no control: as above */
/* A hundred million instructions. */
__asm__(".rept 100000000\nnop\n.endr");
int main(void) { return 0; }
