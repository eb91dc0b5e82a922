#!/usr/bin/env python3
"""The benchmark's Mininet case: the same programs and the same check as bare.c,
by Mininet 2.3's Python API: two hosts, one direct link, no switch, no controller.

    mininet_case.py SERVER CLIENT

Exit status: 0; 1 the three messages were not seen; 2 the case could not be run;
77 not possible here (no root, no Mininet), with the reason on stderr.

Mininet's own start-up raises limits of the whole machine (net.core.*, neighbour
tables). A benchmark must not change the machine, so that step is left out, which
only makes Mininet faster."""

import os
import shutil
import subprocess
import sys
import tempfile
import time

MESSAGES = (  # source port, destination port, text
    (6666, 7777, "from B"),
    (7777, 6666, "thanks"),
    (6666, 7777, "got something"),
)
LIMIT_S = 10
POLL_S = 0.002


class Broken(Exception):
    """The case could not be run: why."""


def skip(reason):
    print(f"mininet_case.py: skipped: {reason}", file=sys.stderr)
    sys.exit(77)


def load_mininet():
    """Mininet's network class and link class, or a skip with the reason."""
    if os.geteuid() != 0:
        skip("Mininet needs root")
    try:
        import mininet.link
        import mininet.net
    except ImportError as error:
        skip(f"{error} for {sys.executable} (apt install mininet)")
    for tool in ("mnexec", "ifconfig"):
        if not shutil.which(tool):
            skip(f"Mininet needs {tool}")
    mininet.net.fixLimits = lambda: None
    return mininet.net.Mininet, mininet.link.Link


def await_event(happened, what):
    deadline = time.monotonic() + LIMIT_S
    while not happened():
        if time.monotonic() > deadline:
            raise Broken(f"still waiting for {what}")
        time.sleep(POLL_S)


def holds(path, text):
    with open(path, "rb") as file:
        return text in file.read()


def start_tcpdump(host, folder):
    """tcpdump with the flags that lose nothing; returns when its ring is in place."""
    said = os.path.join(folder, "said")
    with open(os.path.join(folder, "trace"), "wb") as trace, open(said, "wb") as stderr:
        process = host.popen(["tcpdump", "--immediate-mode", "-U", "-s", "1600", "-B", "4096", "-n",
                              "-i", "b-eth0", "-w", "-"], stdout=trace, stderr=stderr)
    await_event(lambda: holds(said, b"listening on"), "tcpdump")
    return process


def is_seen(trace, message):
    source, target, text = message
    shown = subprocess.run(["tcpdump", "-nn", "-A", "-r", trace,
                            f"udp src port {source} and dst port {target}"],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return text.encode() in shown.stdout


def run_exchange(a, b, server, client, folder):
    """Both programs under capture. Returns the path of the capture."""
    trace = os.path.join(folder, "trace")
    running = []
    try:
        running.append(start_tcpdump(b, folder))
        running.append(a.popen([server, "10.0.0.1", "7777", "thanks", "got something"]))
        await_event(lambda: holds(f"/proc/{a.pid}/net/udp", b":1E61 "), "the server on port 7777")
        asked = b.popen([client, "10.0.0.1", "7777", "6666", "from B", "got something"])
        if asked.wait(LIMIT_S) != 0:
            raise Broken("the client failed")
        await_event(lambda: holds(trace, b"got something"), "the third message in the capture")
    finally:
        for process in running:
            process.kill()
            process.wait()
    return trace


def run_case(server, client, folder):
    """True: the three messages were captured."""
    network_class, link_class = load_mininet()
    network = network_class(controller=None, link=link_class)
    try:
        a = network.addHost("a", ip="10.0.0.1/24")
        b = network.addHost("b", ip="10.0.0.2/24")
        network.addLink(a, b)
        network.start()
        trace = run_exchange(a, b, server, client, folder)
    finally:
        network.stop()
    return all(is_seen(trace, message) for message in MESSAGES)


def main():
    if len(sys.argv) != 3:
        print("usage: mininet_case.py SERVER CLIENT", file=sys.stderr)
        return 2
    try:
        with tempfile.TemporaryDirectory() as folder:
            if run_case(sys.argv[1], sys.argv[2], folder):
                return 0
    except (Broken, OSError) as error:
        print(f"mininet_case.py: {error}", file=sys.stderr)
        return 2
    print("mininet_case.py: the three messages are not in the capture", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
