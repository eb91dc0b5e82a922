/* forbid.c - runs a command that the kernel refuses some system calls, as a container's seccomp filter does.
 *
 *     forbid RULE... -- COMMAND [ARGUMENT...]
 *
 * A RULE is CALL=ERRNO, CALL:ARGUMENT:BITS=ERRNO (where that argument, counted from 0, has all these bits), or
 * CALL=kill. The command is executed with no_new_privs. 99: it cannot be done here. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int add_rule(scmp_filter_ctx filter, char *rule)
{
	char *value = strchr(rule, '='), *argument = strchr(rule, ':'), *mask;
	struct scmp_arg_cmp which;
	uint32_t action;
	int call;

	if (!value)
		return -1;
	*value++ = '\0';
	action = strcmp(value, "kill") ? SCMP_ACT_ERRNO((uint16_t)atoi(value)) : SCMP_ACT_KILL_PROCESS;
	if (argument)
		*argument++ = '\0';
	call = seccomp_syscall_resolve_name(rule);
	if (call == __NR_SCMP_ERROR)
		return -1;
	if (!argument)
		return seccomp_rule_add(filter, action, call, 0);
	which = (struct scmp_arg_cmp){.arg = (unsigned)strtoul(argument, &mask, 10), .op = SCMP_CMP_MASKED_EQ};
	if (*mask != ':')
		return -1;
	which.datum_a = which.datum_b = strtoull(mask + 1, NULL, 0);
	return seccomp_rule_add_array(filter, action, call, 1, &which);
}

int main(int argc, char **argv)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int at = 1;

	for (; at < argc && strcmp(argv[at], "--") != 0; at++)
		if (!filter || add_rule(filter, argv[at])) {
			fprintf(stderr, "forbid: %s is no rule here\n", argv[at]);
			return 99;
		}
	if (at + 1 >= argc || seccomp_load(filter))
		return 99;
	execvp(argv[at + 1], argv + at + 1);
	fprintf(stderr, "forbid: %s: %s\n", argv[at + 1], strerror(errno));
	return 99;
}
