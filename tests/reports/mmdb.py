# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Writes small files in MaxMind's DB format (version 2.0, 24-bit records), so that tests need nobody's data."""
import ipaddress
import struct

MARKER = b"\xab\xcd\xefMaxMind.com"
STRING, DOUBLE, BYTES, UINT16, UINT32, MAP, UINT64, ARRAY = 2, 3, 4, 5, 6, 7, 9, 11


def control(kind, size):
    assert size < 29 + 256
    extra = b""
    if size >= 29:
        size, extra = 29, bytes([size - 29])
    if kind > 7:
        return bytes([size, kind - 7]) + extra
    return bytes([kind << 5 | size]) + extra


def encode(value, width=UINT32):
    if isinstance(value, str):
        data = value.encode()
        return control(STRING, len(data)) + data
    if isinstance(value, dict):
        return control(MAP, len(value)) + b"".join(encode(key) + encode(item) for key, item in value.items())
    if isinstance(value, list):
        return control(ARRAY, len(value)) + b"".join(encode(item) for item in value)
    data = value.to_bytes(8, "big").lstrip(b"\0")
    return control(width, len(data)) + data


def build_tree(networks, width):
    """[[left, right]] of nodes: None, ("node", i) or ("data", i)."""
    nodes = [[None, None]]
    for index, network in enumerate(networks):
        number, bits = int(network.network_address), network.max_prefixlen
        length = network.prefixlen
        if width == 128 and bits == 32:
            length += 96
        else:
            number = number << (width - bits)
        at = 0
        for depth in range(length):
            bit = number >> (width - 1 - depth) & 1
            if depth == length - 1:
                nodes[at][bit] = ("data", index)
            elif nodes[at][bit] is None:
                nodes.append([None, None])
                nodes[at][bit] = ("node", len(nodes) - 1)
                at = len(nodes) - 1
            else:
                at = nodes[at][bit][1]
    return nodes


def write(path, entries, kind="Test"):
    """entries: {"192.0.2.0/24": {...}, "2001:db8::/32": {...}}"""
    networks = [ipaddress.ip_network(text) for text in entries]
    nodes = build_tree(networks, 128)
    data, offsets = b"", []
    for value in entries.values():
        offsets.append(len(data))
        data += encode(value)

    def record(pointer):
        if pointer is None:
            return len(nodes)
        return pointer[1] if pointer[0] == "node" else len(nodes) + 16 + offsets[pointer[1]]

    tree = b"".join(struct.pack(">I", record(side))[1:] for node in nodes for side in node)
    metadata = (control(MAP, 9) + encode("node_count") + encode(len(nodes)) + encode("record_size") + encode(24, UINT16)
                + encode("ip_version") + encode(6, UINT16) + encode("database_type") + encode(kind)
                + encode("languages") + encode(["en"]) + encode("binary_format_major_version") + encode(2, UINT16)
                + encode("binary_format_minor_version") + encode(0, UINT16) + encode("build_epoch") + encode(1795000000, UINT64)
                + encode("description") + encode({"en": "test"}))
    path.write_bytes(tree + b"\0" * 16 + data + MARKER + metadata)
    return path
