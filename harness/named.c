/* named.c - see named.h. */
#include "named.h"

#include "../src/lexer.h"
#include "commands.h"
#include "die.h"
#include "files.h"

#include <errno.h>
#include <string.h>

char *named_value(const char *command, char *argument, const char *what)
{
	char *equals = strchr(argument, '=');

	if (!equals || equals == argument || !equals[1])
		command_usage(command, "\"%s\" should be %s", argument, what);
	*equals = '\0';
	return equals + 1;
}

void named_host(const char *command, char *argument, struct hosts *hosts)
{
	const char *value = named_value(command, argument, "NAME=ADDRESS, such as --host b=10.0.0.2");
	struct address address;

	if (!lexer_is_name(argument, strlen(argument)) || strlen(argument) >= TRACE_NAME)
		command_usage(command, "a host cannot be called \"%s\": a letter, then letters, digits, - and _, at most %d",
		              argument, TRACE_NAME - 1);
	if (!address_parse(value, &address) || !address.family)
		command_usage(command, "\"%s\" is no address: write one such as 10.0.0.2 or 2001:db8::2", value);
	if (hosts_name(hosts, &address) && strcmp(hosts_name(hosts, &address), argument) != 0)
		command_usage(command, "--host %s=%s: %s is %s already", argument, value, value, hosts_name(hosts, &address));
	hosts_add(hosts, argument, &address);
}

enum sniffer_engine named_engine(const char *command, const char *name)
{
	int engine = sniffer_engine(name);

	if (engine < 0)
		command_usage(command, "--capture %s: there are tcpdump, packet-socket and both", name);
	return (enum sniffer_engine)engine;
}

FILE *named_capture(const char *file)
{
	FILE *stream;

	if (!strcmp(file, "-"))
		return stdin;
	if (is_folder(file))
		die("%s: is a folder: name a capture in it", file);
	stream = fopen(file, "re");
	if (!stream)
		die("%s: cannot be read: %s", file, strerror(errno));
	return stream;
}
