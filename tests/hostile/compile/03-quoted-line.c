/* expect: fails; without root: leaks */
/* The compiler quotes the line at fault, from the file that it believes to read. */
#line 1 "@FOLDER@/solution.c"
int main(void) { return nonsense; }
