/* expect: exit 0; without root: exit 1 */
/* A cluster's secrets: what Slurm, munge and ssh keep on a node, and what a job's environment says. */
#include "attack.h"

static bool reaches(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	return connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof to) == 0;
}

static void attack(void)
{
	static const char *const paths[] = {"/etc/slurm", "/etc/slurm-llnl", "/etc/munge", "/run/munge", "/var/spool/slurmd",
	                                    "/var/log/munge", "/etc/ssh", "/root/.ssh", "/run/user", "/run/slurmd"};
	static const unsigned short ports[] = {22, 111, 2049, 6817, 6818};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		TRY(access(paths[i], F_OK) == 0);
	TRY(reaches("/run/munge/munge.socket.2"));
	TRY(reaches("/var/run/munge/munge.socket.2"));
	TRY(access(in_folder("results.json"), F_OK) == 0); /* the shared folder, as every node sees it */
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(ports[i])};

		to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		TRY(connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof to) == 0);
	}
	TRY(getenv("SLURM_JOB_ID") || getenv("SLURM_CONF") || getenv("PARALLEL_SSHHOST") || getenv("SSH_AUTH_SOCK"));
}
