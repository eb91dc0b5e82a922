#!/usr/bin/env python3
"""between.py - a tcpdump whose capture is not what it should be. $BETWEEN says how (tables.py)."""
import os
import signal
import struct
import subprocess
import sys
import time

FOLDERS = ("/usr/bin", "/usr/sbin", "/sbin", "/bin", "/usr/local/bin", "/usr/local/sbin")
MODE = os.environ.get("BETWEEN", "")
HOURS = 5 * 3600
HEADER, RECORD = 24, 16


def start():
    path = next(f"{folder}/tcpdump" for folder in FOLDERS if os.access(f"{folder}/tcpdump", os.X_OK))
    errors = subprocess.PIPE if MODE in ("dropped", "mute") else None
    child = subprocess.Popen([path, *sys.argv[1:]], stdout=subprocess.PIPE, stderr=errors)
    signal.signal(signal.SIGUSR1, lambda *_: child.send_signal(signal.SIGUSR1))
    return child


def pass_words_on(child):
    """Its standard error, with other counts or none."""
    if os.fork():
        return
    for line in child.stderr:
        if b"dropped by kernel" in line:
            line = b"" if MODE == "mute" else line.replace(b"0 packets dropped by kernel", b"7 packets dropped by kernel")
        os.write(2, line)
    os._exit(0)


def put(data):
    for at in range(0, len(data), 1 if MODE == "trickle" else len(data) or 1):
        os.write(1, data[at:at + (1 if MODE == "trickle" else len(data))])


def change_stamp(seconds, fraction, number):
    if MODE == "same":
        return 1000, 0
    if MODE == "late":
        return 0xffffffff, fraction
    jump = {"back": -HOURS, "ahead": HOURS}.get(MODE, 0) if number > 2 else 0
    return seconds + jump, fraction


def main():
    child = start()
    if MODE in ("dropped", "mute"):
        pass_words_on(child)
    if MODE == "end":
        child.stdout.read(HEADER)
        return
    put(child.stdout.read(HEADER))
    number = 0
    while len(head := child.stdout.read(RECORD)) == RECORD:
        number += 1
        seconds, fraction, kept, length = struct.unpack("=IIII", head)
        seconds, fraction = change_stamp(seconds, fraction, number)
        packet = child.stdout.read(kept)
        if MODE == "huge" and number == 2:
            kept = 0x7fffffff
        if MODE == "cut" and number == 2:
            put(head + packet[:kept // 2])
            return
        if MODE == "slow":
            time.sleep(0.5)
        put(struct.pack("=IIII", seconds, fraction, kept, length) + packet)


main()
