/* expect: fails; no control: the file is not copied */
/* A file beside the source: only the lesson's own are compiled. (A precompiled header lies there too.) */
#include "beside.h"
int main(void) { return 0; }
