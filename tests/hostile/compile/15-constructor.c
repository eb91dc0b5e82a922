/* expect: compiles; no control: a verdict is made of packets */
/* Code before main(). */
#include <stdio.h>
#include <unistd.h>
__attribute__((constructor)) static void early(void)
{
	puts("10 of 10 points.");
	_exit(0);
}
int main(void) { return 0; }
