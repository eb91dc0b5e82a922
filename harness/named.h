/* named.h - what the commands on captures share: NAME=VALUE, files, engines. */
#ifndef WINDSOCK_NAMED_H
#define WINDSOCK_NAMED_H

#include "../src/hosts.h"
#include "sniffer.h"

#include <stdio.h>

/* Cuts ARGUMENT at its first `=` and returns what stands behind, or ends the command (command_usage). WHAT is
 * how it should look: "NAME=ADDRESS". */
char *named_value(const char *command, char *argument, const char *what);
/* --host NAME=ADDRESS. */
void named_host(const char *command, char *argument, struct hosts *hosts);
/* --capture NAME. */
enum sniffer_engine named_engine(const char *command, const char *name);
/* The file, or standard input for -. Ends the command where it cannot be read. */
FILE *named_capture(const char *file);

#endif
