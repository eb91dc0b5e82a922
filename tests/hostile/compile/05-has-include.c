/* expect: compiles; without root: fails */
/* Whether the file is there. */
#if __has_include("@FOLDER@/solution.c")
#error it is there
#endif
int main(void) { return 0; }
