#!/usr/bin/env python3
"""manners.py - is a right program right in any manner?

    manners.py --windsock PATH --lessons FOLDER --fixtures FOLDER [--manner WORD] [--only WORD] [--right] [--rounds N]

Every lesson's solution is made to behave in other manners: it starts late, looks at its sockets in turns instead of
waiting, sends byte by byte. Each does what the lesson asks for, and must pass. (Macros in front of the program's own
lines put a few of ours between it and the calls.) --right: the other right programs, too, some of which have no such calls.
What is not right is printed, with what windsock said. Exit status: 0 all right, 1 not, 2 this failed itself."""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

from soak import read_label, regular

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
    return recv(s, bytes, manner_is_tcp(s) && size > 1 && !(flags & MSG_WAITALL) ? 1 : size, flags);
}
#define recv(...) manner_recv(__VA_ARGS__)
""",
}

ONCE = "receives once, which is what was taught so far: with such a call it reads a part"
UNFIT = {
    ("receives-by-one", "07-tcp-client-port"): ONCE,
    ("receives-by-one", "10-many-clients"): ONCE,
    ("sends-by-one", "17-upload-download"): "counts bytes on the wire, headers too",
}


def with_manner(path, manner):
    """The program in this manner: our lines stand behind its last #include."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    end = [match.end() for match in re.finditer(r"^#\s*include[^\n]*\n", source, re.M)][-1]
    return f"{source[:end]}{BEFORE}{MANNERS[manner]}#line {source[:end].count(chr(10)) + 1}\n{source[end:]}"


def check(args, lesson, base, changed, manner):
    """Exit status and words of a check of BASE (name -> path), of which those CHANGED have this manner."""
    with tempfile.TemporaryDirectory(prefix="windsock-manners.") as folder:
        for name, path in base.items():
            shutil.copy(path, os.path.join(folder, name))
            if name in changed:
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(with_manner(path, manner))
        done = subprocess.run([args.windsock, "check", lesson, "--dir", folder, "--ascii"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


def subjects(args, lesson):
    """(name, files, which of them are the student's) of a lesson."""
    folder = os.path.join(args.fixtures, lesson)
    solution = regular(os.path.join(folder, "solution"))
    base = {**regular(os.path.join(args.lessons, lesson)), **solution}
    programs = {name for name in solution if name.endswith(".c")}
    if programs:
        yield "solution", base, programs
    for name, path in regular(os.path.join(folder, "right")).items() if args.right else ():
        if name.endswith(".c"):
            stands_for, _ = read_label(path)
            yield name, {**base, stands_for: path}, programs | {stands_for}


def try_all(args, manner):
    """How many were checked; how many of them were not right, and how many nobody could tell of."""
    count = failed = unknown = 0
    for lesson in sorted(os.listdir(args.lessons)):
        if not re.match(r"\d\d-", lesson) or args.only not in lesson or (manner, lesson) in UNFIT:
            continue
        for name, base, changed in subjects(args, lesson):
            for _ in range(args.rounds):
                status, output = check(args, lesson, base, changed, manner)
                count += 1
                failed += status not in (0, 2, 77)
                unknown += status in (2, 77)
                if status:
                    print(f"{lesson}/{name}, {manner}: exit status {status}\n{output}", flush=True)
    return count, failed, unknown


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--lessons", required=True)
    parser.add_argument("--fixtures", required=True, help="tests/lessons")
    parser.add_argument("--manner", choices=sorted(MANNERS))
    parser.add_argument("--only", default="", help="only lessons whose name holds this word")
    parser.add_argument("--right", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    args = parser.parse_args()
    os.environ["WINDSOCK_LESSONS"] = args.lessons
    os.environ["COLUMNS"] = "100"
    bad = 0
    for manner in [args.manner] if args.manner else MANNERS:
        count, failed, unknown = try_all(args, manner)
        print(f"{manner}: {count} checks, {failed} not right, {unknown} inconclusive or skipped", flush=True)
        bad += failed
    return 1 if bad else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(2)
