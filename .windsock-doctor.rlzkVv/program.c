#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
int main(void)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(7)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, "192.168.1.10", &name.sin_addr);
	if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name)) {
		perror("bind");
		return 1;
	}
	return 0;
}
