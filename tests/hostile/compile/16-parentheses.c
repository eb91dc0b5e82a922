/* expect: compiles or fails; no control: depends on the compiler */
/* Parentheses until the compiler falls over. */
#define P4(x) ((((x))))
#define P16(x) P4(P4(P4(P4(x))))
#define P64(x) P16(P16(P16(P16(x))))
#define P256(x) P64(P64(P64(P64(x))))
#define P1K(x) P256(P256(P256(P256(x))))
#define P4K(x) P1K(P1K(P1K(P1K(x))))
int main(void) { return P4K(P4K(0)); }
