#!/usr/bin/env python3
"""manners.py - is a right program right in any manner?

    manners.py --windsock PATH --lessons FOLDER --fixtures FOLDER [--manner WORD] [--only WORD]
               [--without WORD] [--right | --given] [--rounds N] [--capture ENGINE]

Every lesson's solution is made to behave in other manners: it starts late, looks at its sockets in turns instead of
waiting, sends byte by byte. Each does what the lesson asks for, and must pass. (Macros in front of the program's own
lines put a few of ours between it and the calls.) --right: the other right programs, too, some of which have no such calls.
--given: the programs that the lessons give hesitate before each call, as
on a machine whose processors others have; what students wrote is as it was.
What is not right is printed, with what windsock said. Exit status: 0 all right, 1 not, 2 this failed itself."""
import argparse
import collections
import os
import re
import shutil
import sys
import tempfile

from soak import Subject, find_subjects

BEFORE = """#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#define MANNER __attribute__((unused)) static
MANNER void manner_sleep(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, 0);
}
MANNER int manner_is_tcp(int s)
{
    int type = 0;
    socklen_t size = sizeof type;
    return !getsockopt(s, SOL_SOCKET, SO_TYPE, &type, &size) && type == SOCK_STREAM;
}
MANNER int manner_is_connection(int s)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    return manner_is_tcp(s) && !getpeername(s, (struct sockaddr *)&peer, &size);
}
"""

LOOKS = """
MANNER long manner_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}
MANNER void manner_await(int s)
{
    struct timeval time = {0, 0};
    socklen_t size = sizeof time;
    struct pollfd ready = {.fd = s, .events = POLLIN};
    int limited = !getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &time, &size) && (time.tv_sec || time.tv_usec);
    long until = manner_now() + time.tv_sec * 1000 + time.tv_usec / 1000;
    if (!(fcntl(s, F_GETFL) & O_NONBLOCK))
        while (!poll(&ready, 1, 0) && (!limited || manner_now() < until))
            manner_sleep(EVERY);
}
MANNER ssize_t manner_recv(int s, void *bytes, size_t size, int flags)
{
    if (!(flags & MSG_DONTWAIT))
        manner_await(s);
    return recv(s, bytes, size, flags);
}
MANNER ssize_t manner_recvfrom(int s, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *room)
{
    if (!(flags & MSG_DONTWAIT))
        manner_await(s);
    return recvfrom(s, bytes, size, flags, from, room);
}
MANNER ssize_t manner_read(int s, void *bytes, size_t size) { manner_await(s); return read(s, bytes, size); }
MANNER int manner_accept(int s, struct sockaddr *from, socklen_t *room) { manner_await(s); return accept(s, from, room); }
MANNER int manner_poll(struct pollfd *list, nfds_t count, int ms)
{
    long until = manner_now() + ms;
    int ready;
    while (!(ready = poll(list, count, 0)) && (ms < 0 || manner_now() < until))
        manner_sleep(EVERY);
    return ready;
}
#define recv(...) manner_recv(__VA_ARGS__)
#define recvfrom(...) manner_recvfrom(__VA_ARGS__)
#define read(...) manner_read(__VA_ARGS__)
#define accept(...) manner_accept(__VA_ARGS__)
#define poll(...) manner_poll(__VA_ARGS__)
"""

MANNERS = {
    "starts-late": "__attribute__((constructor)) static void manner_begin(void) { manner_sleep(1050); }\n",
    "ends-late": "__attribute__((destructor)) static void manner_end(void) { manner_sleep(400); }\n",
    "looks-in-turns": "#define EVERY 20\n" + LOOKS,
    "looks-seldom": "#define EVERY 150\n" + LOOKS,
    "sends-late": """
MANNER ssize_t manner_send(int s, const void *bytes, size_t size, int flags)
{
    manner_sleep(30);
    return send(s, bytes, size, flags);
}
MANNER ssize_t manner_sendto(int s, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t length)
{
    manner_sleep(30);
    return sendto(s, bytes, size, flags, to, length);
}
#define send(...) manner_send(__VA_ARGS__)
#define sendto(...) manner_sendto(__VA_ARGS__)
""",
    "sends-by-one": """
MANNER ssize_t manner_send(int s, const void *bytes, size_t size, int flags)
{
    int yes = 1;
    if (!manner_is_tcp(s) || size > 4000)
        return send(s, bytes, size, flags);
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    for (size_t i = 0; i < size; i++)
        if (send(s, (const char *)bytes + i, 1, flags) < 0)
            return -1;
    return (ssize_t)size;
}
#define send(...) manner_send(__VA_ARGS__)
""",
    "takes-its-time": """
MANNER ssize_t manner_recv(int s, void *bytes, size_t size, int flags)
{
    ssize_t got = recv(s, bytes, size, flags);
    manner_sleep(got > 1 ? 40 : 0);
    return got;
}
MANNER ssize_t manner_recvfrom(int s, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *room)
{
    ssize_t got = recvfrom(s, bytes, size, flags, from, room);
    manner_sleep(got > 1 ? 40 : 0);
    return got;
}
#define recv(...) manner_recv(__VA_ARGS__)
#define recvfrom(...) manner_recvfrom(__VA_ARGS__)
""",
    "closes-late": """
MANNER int manner_close(int s)
{
    manner_sleep(manner_is_connection(s) ? 50 : 0);
    return close(s);
}
#define close(...) manner_close(__VA_ARGS__)
""",
    "receives-by-one": """
MANNER ssize_t manner_recv(int s, void *bytes, size_t size, int flags)
{
    return recv(s, bytes, manner_is_tcp(s) && size > 1 && !(flags & (MSG_WAITALL | MSG_PEEK)) ? 1 : size, flags);
}
#define recv(...) manner_recv(__VA_ARGS__)
""",
}

# Of the lessons' own programs: now and then, and not all at the same call. They compute meanwhile: windsock takes who
# sleeps for at rest, and who waits for a processor not.
HESITATES = """
MANNER void manner_hesitate(void)
{
    static long left = 400000; /* us: with half a second of the processor and no packet a run ends */
    struct timespec began, now;
    long us, pause;
    clock_gettime(CLOCK_MONOTONIC, &began);
    us = began.tv_nsec / 1000;
    pause = us % 3 || us % 100000 > left ? 0 : us % 100000;
    left -= pause;
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - began.tv_sec) * 1000000 + now.tv_nsec / 1000 - us < pause);
}
#define recv(...) (manner_hesitate(), recv(__VA_ARGS__))
#define recvfrom(...) (manner_hesitate(), recvfrom(__VA_ARGS__))
#define send(...) (manner_hesitate(), send(__VA_ARGS__))
#define sendto(...) (manner_hesitate(), sendto(__VA_ARGS__))
#define read(...) (manner_hesitate(), read(__VA_ARGS__))
#define write(...) (manner_hesitate(), write(__VA_ARGS__))
#define accept(...) (manner_hesitate(), accept(__VA_ARGS__))
#define connect(...) (manner_hesitate(), connect(__VA_ARGS__))
#define bind(...) (manner_hesitate(), bind(__VA_ARGS__))
#define listen(...) (manner_hesitate(), listen(__VA_ARGS__))
#define close(...) (manner_hesitate(), close(__VA_ARGS__))
#define shutdown(...) (manner_hesitate(), shutdown(__VA_ARGS__))
"""

ONCE = "receives once, which is what was taught so far: with such a call it reads a part"
UNFIT = {
    ("receives-by-one", "07-tcp-client-port"): ONCE,
    ("receives-by-one", "10-many-clients"): ONCE,
    ("sends-by-one", "17-upload-download"): "a packet for each byte: more than a run may have",
    ("given", "14-poll"): "measures the pauses between the answers that the cloud gives",
}


def with_manner(path, lines):
    """The program with these lines of a manner behind its last #include."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    end = [match.end() for match in re.finditer(r"^#\s*include[^\n]*\n", source, re.M)][-1]
    return f"{source[:end]}{BEFORE}{lines}#line {source[:end].count(chr(10)) + 1}\n{source[end:]}"


class Mannered(Subject):
    """A right program whose calls go through ours."""

    def content(self, name):
        if name in self.written and name.endswith(".c"):
            return with_manner(self.files[name], MANNERS[self.args.manner])
        return super().content(name)

    def is_fit(self):
        """Whether there is anything of a manner in it: a trace or a list of rules has none."""
        return (not self.expected and any(name.endswith(".c") for name in self.written) and
                (self.args.manner, self.lesson) not in UNFIT)


def try_all(manner, subjects):
    """Checks those; says how many, by verdict, and what of each that is not right. Returns how many were called wrong."""
    seen = collections.Counter()
    for subject in subjects:
        for _ in range(subject.rounds):
            verdict, output = subject.run()
            seen[verdict] += 1
            if verdict != "right":
                print(f"{subject.name}, {manner}: {verdict}\n{output}", flush=True)
    print(f"{manner}: {sum(seen.values())} checks" + "".join(f", {seen[verdict]} {verdict}" for verdict in sorted(seen)),
          flush=True)
    return seen["wrong"] + seen["lost"]


def try_manner(args):
    """What students write, in a manner."""
    os.environ["WINDSOCK_LESSONS"] = args.lessons
    return try_all(args.manner, [subject for subject in find_subjects(args, Mannered) if subject.is_fit()])


def try_given(args):
    """The programs that lessons give hesitate: those lessons stand in a copy."""
    lessons = os.environ["WINDSOCK_LESSONS"] = os.path.join(args.work, "lessons")
    shutil.copytree(args.lessons, lessons)
    subjects = [subject for subject in find_subjects(args) if not subject.expected]
    give = set()
    for lesson in {subject.lesson for subject in subjects}:
        with open(os.path.join(lessons, lesson, "lesson"), encoding="utf-8") as file:
            given = re.findall(r"^program \S+ given (\S+\.c)$", file.read(), re.M)
        for name in given:
            path = os.path.join(lessons, lesson, name)
            changed = with_manner(path, HESITATES)
            with open(path, "w", encoding="utf-8") as file:
                file.write(changed)
            give.add(lesson)
    return try_all("given", [subject for subject in subjects
                             if subject.lesson in give and ("given", subject.lesson) not in UNFIT])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--lessons", required=True)
    parser.add_argument("--fixtures", required=True, help="tests/lessons")
    parser.add_argument("--capture", default="tcpdump", help="tcpdump, packet-socket or both")
    parser.add_argument("--manner", choices=sorted(MANNERS))
    parser.add_argument("--only", default="", help="only programs whose name holds this word")
    parser.add_argument("--without", default="", help="none of those")
    parser.add_argument("--right", action="store_true", help="the other right programs, too")
    parser.add_argument("--given", action="store_true", help="instead: the programs that the lessons give")
    parser.add_argument("--rounds", type=int, default=1)
    args = parser.parse_args()
    args.other_rounds = args.rounds if args.right else 0
    os.environ["COLUMNS"] = "100"
    bad = 0
    for args.manner in ["given"] if args.given else [args.manner] if args.manner else MANNERS:
        with tempfile.TemporaryDirectory(prefix="windsock-manners.") as args.work:
            bad += try_given(args) if args.given else try_manner(args)
    return 1 if bad else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(2)
