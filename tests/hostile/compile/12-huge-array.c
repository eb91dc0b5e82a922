/* expect: fails; no control: it would fill the disk */
/* Four gigabytes of program. */
char big[4000000000] = {1};
int main(void) { return 0; }
