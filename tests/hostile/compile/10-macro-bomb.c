/* expect: fails; no control: it would take all memory */
/* Some lines that become ten to the power of sixteen words. */
#define A(x) x + x + x + x + x + x + x + x + x + x
#define B(x) A(A(x))
#define C(x) B(B(x))
#define D(x) C(C(x))
int main(void) { return D(D(1)); }
