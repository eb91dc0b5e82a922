/* expect: exit 0 */
/* What a student of sockets may use, all of it, is there: exit status 0; else says what failed. */
#include "attack.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/utsname.h>

#define MUST(what) ((what) ? (void)0 : (void)(won = 2, fprintf(stderr, "failed: %s: %s\n", #what, strerror(errno))))

static struct sockaddr_in loopback(uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

static void *answer(void *listener)
{
	int connection = accept(*(int *)listener, NULL, NULL);
	char bytes[4];

	MUST(recv(connection, bytes, 4, MSG_WAITALL) == 4);
	MUST(send(connection, bytes, 4, MSG_NOSIGNAL) == 4);
	(void)close(connection);
	return NULL;
}

static void tcp(void)
{
	struct sockaddr_in me = loopback(0);
	socklen_t size = sizeof me;
	struct tcp_info info;
	pthread_t thread;
	int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), s = socket(AF_INET, SOCK_STREAM, 0);
	char bytes[4];

	MUST(!setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
	MUST(!setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one));
	MUST(!setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
	MUST(!setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one));
	MUST(!bind(listener, (struct sockaddr *)&me, sizeof me) && !listen(listener, 5));
	MUST(!getsockname(listener, (struct sockaddr *)&me, &size));
	MUST(!pthread_create(&thread, NULL, answer, &listener));
	MUST(!connect(s, (struct sockaddr *)&me, sizeof me));
	MUST(send(s, "ping", 4, 0) == 4 && recv(s, bytes, 4, MSG_WAITALL) == 4 && !memcmp(bytes, "ping", 4));
	size = sizeof info;
	MUST(!getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &size));
	MUST(!shutdown(s, SHUT_WR) && !pthread_join(thread, NULL));
	(void)close(s);
	(void)close(listener);
}

static void udp(void)
{
	struct sockaddr_in me = loopback(0);
	struct ip_mreq group = {.imr_multiaddr.s_addr = inet_addr("239.1.2.3"), .imr_interface.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval second = {1, 0};
	socklen_t size = sizeof me;
	int one = 1, s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), six = socket(AF_INET6, SOCK_DGRAM, 0);
	char byte;

	MUST(six >= 0);
	MUST(!bind(s, (struct sockaddr *)&me, sizeof me) && !getsockname(s, (struct sockaddr *)&me, &size));
	MUST(!setsockopt(s, SOL_SOCKET, SO_BROADCAST, &one, sizeof one));
	MUST(!setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second));
	MUST(!setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group));
	MUST(sendto(s, "x", 1, 0, (struct sockaddr *)&me, sizeof me) == 1);
	MUST(poll(&(struct pollfd){s, POLLIN, 0}, 1, 1000) == 1 && recv(s, &byte, 1, 0) == 1);
	(void)close(s);
}

static void waiting(void)
{
	struct epoll_event event = {.events = EPOLLIN};
	sigset_t child;
	int epoll = epoll_create1(EPOLL_CLOEXEC), tick = timerfd_create(CLOCK_MONOTONIC, 0), ends[2];
	struct itimerspec soon = {.it_value.tv_nsec = 1000000};
	fd_set set;

	MUST(epoll >= 0 && tick >= 0 && !epoll_ctl(epoll, EPOLL_CTL_ADD, tick, &event));
	MUST(!timerfd_settime(tick, 0, &soon, NULL) && epoll_wait(epoll, &event, 1, 1000) == 1);
	MUST(eventfd(0, EFD_NONBLOCK) >= 0);
	MUST(!sigemptyset(&child) && !sigaddset(&child, SIGUSR1) && signalfd(-1, &child, 0) >= 0);
	MUST(!pipe(ends) && write(ends[1], "x", 1) == 1);
	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	MUST(select(ends[0] + 1, &set, NULL, NULL, NULL) == 1);
	MUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	(void)alarm(10);
}

static void names(void)
{
	struct addrinfo *found, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct ifaddrs *interfaces;
	struct utsname name;

	MUST(!getaddrinfo("localhost", "7777", &hints, &found));
	MUST(!getaddrinfo("127.0.0.1", "7777", &hints, &found));
	MUST(!getifaddrs(&interfaces) && if_nametoindex("lo") == 1);
	MUST(!uname(&name) && getprotobyname("tcp") != NULL);
	(void)getservbyname("http", "tcp"); /* a machine may have no /etc/services */
}

static void processes(void)
{
	struct sigaction action = {.sa_handler = SIG_IGN};
	int status, *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	FILE *shell;

	MUST(shared != MAP_FAILED && !sigaction(SIGPIPE, &action, NULL));
	if (fork() == 0)
		_exit(++*shared);
	MUST(wait(&status) > 0 && WEXITSTATUS(status) == 1 && *shared == 1);
	shell = popen("echo hello | tr a-z A-Z", "r");
	MUST(shell && fgetc(shell) == 'H' && !pclose(shell));
	MUST(!system("test -r /proc/self/status"));
	MUST(!kill(getpid(), 0) && raise(SIGPIPE) == 0);
}

static void files(void)
{
	char name[] = "/tmp/fileXXXXXX";
	int fd = mkstemp(name), memory = shm_open("/shared", O_RDWR | O_CREAT, 0600), out = open("/dev/null", O_WRONLY);
	struct iovec parts[] = {{"a", 1}, {"b", 1}};
	off_t start = 0;

	MUST(fd >= 0 && writev(fd, parts, 2) == 2 && sendfile(out, fd, &start, 2) == 2);
	MUST(memory >= 0 && !ftruncate(memory, 4096) && !shm_unlink("/shared"));
	MUST(sem_open("/counter", O_CREAT, 0600, 1) != SEM_FAILED);
	MUST(mkfifo("fifo", 0600) == 0 && tmpfile() != NULL && access("/dev/urandom", R_OK) == 0);
	MUST(!rename(name, "moved") && open("moved", O_RDWR) >= 0);
}

static void attack(void)
{
	tcp();
	udp();
	waiting();
	names();
	processes();
	files();
}
