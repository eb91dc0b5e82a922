/* expect: fails; no control: they are not there */
/* What the machine keeps for itself. */
#include "/etc/shadow"
#include "/root/.bashrc"
#include "/proc/1/environ"
int main(void) { return 0; }
