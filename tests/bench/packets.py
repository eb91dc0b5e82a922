"""Packets and captures for the benchmarks: Ethernet, IPv4, TCP and UDP, as a classic pcap file."""

import struct


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(source, target, protocol, body):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0x4000, 64, protocol, 0, source, target)
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return b"\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0" + head + body


def segment(source, target, ports, flags, seq, ack, data=b""):
    return packet(source, target, 6,
                  struct.pack("!HHIIBBHHH", *ports, seq & 0xffffffff, ack & 0xffffffff, 0x50, flags, 64240, 0, 0) + data)


def datagram(source, target, ports, data):
    return packet(source, target, 17, struct.pack("!HHHH", *ports, 8 + len(data), 0) + data)


def write_packets(path, packets, pace_us):
    """A capture: a packet each PACE_US microseconds."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for i, data in enumerate(packets):
            us = i * pace_us
            out.write(struct.pack("<IIII", 1700000000 + us // 1000000, us % 1000000, len(data), len(data)) + data)
