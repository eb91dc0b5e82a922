/* expect: fails; without output: compiles */
/* Messages without end, none of them an error. */
#define M4(x) x x x x x x x x
#define P _Pragma("message \"0123456789012345678901234567890123456789012345678901234567890123456789\"")
M4(M4(M4(P)))
int main(void) { return 0; }
