# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Where the servers of the lab live: loopback addresses and ports, and which of the two modes is possible.

recursion  root, registries, leaves and the silent server have each an address in 127/8 and use port 53, so that
           a resolver can start at the root hints. Needs the right to bind port 53: root, or `unshare -rn`.
stub       the same servers on free high ports of 127.0.0.1; the resolver is told where each zone lives.
"""

import fcntl
import os
import random
import socket
import struct

ROLES = ("root", "registry", "leaf", "silent")
HOSTS = {"root": "root.lab", "registry": "registry.lab", "leaf": "ns.lab", "silent": "silent.lab"}
RESOLVER_ADDRESS = "127.0.0.1"
DEFAULT_PORT = 5300
BLOCKS = range(77, 127)  # second byte of the addresses that recursion mode tries
# Ports that no kernel hands out by itself, so that nobody's connection sits on one between our look and our server.
FREE_PORTS = range(20000, 32000)
PORT_TRIES = 200

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


def raise_loopback():
    """A fresh network namespace has its loopback down; bring it up where that is allowed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(sock, SIOCGIFFLAGS, request))[1]
        if not flags & IFF_UP:
            fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def is_free(address, port):
    """Whether both UDP and TCP can be bound."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as sock:
            if kind == socket.SOCK_STREAM:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind((address, port))
            except OSError:
                return False
    return True


claims = []  # sockets, open for as long as this process lives


def claim(what):
    """Whether WHAT is ours. A lab that starts beside this one looks for free places too, and our servers are not there
    yet. The claim is a name among the Unix sockets of this network namespace; it ends with this process."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        sock.bind(f"\0mailseal-lab/{what}")
    except OSError:
        sock.close()
        return False
    claims.append(sock)
    return True


def free_port():
    """A port of the resolver's address that is free, and ours."""
    for port in random.sample(FREE_PORTS, PORT_TRIES):
        if claim(port) and is_free(RESOLVER_ADDRESS, port):
            return port
    raise OSError("no free port on 127.0.0.1")


def recursion_places():
    """Four addresses of one block with port 53, or None."""
    for block in BLOCKS:
        found = {role: (f"127.{block}.0.{i}", 53) for i, role in enumerate(ROLES, 1)}
        if claim(f"127.{block}") and all(is_free(*place) for place in found.values()):
            return found
    return None


def choose(mode, port):
    """(mode, places, resolver): MODE may be auto; PORT None is the usual port or the next free one, 0 any."""
    if os.geteuid() == 0:
        try:
            raise_loopback()
        except PermissionError:
            pass  # a container that cannot change the interface: it is up already or nothing will bind
    found = recursion_places() if mode != "stub" else None
    if found is None and mode == "recursion":
        raise OSError("port 53 of 127/8 cannot be bound: be root, or use `unshare -rn`")
    if port is None:
        port = next((p for p in range(DEFAULT_PORT, DEFAULT_PORT + 100) if claim(p) and is_free(RESOLVER_ADDRESS, p)), 0)
    if port == 0:
        port = free_port()
    if found is not None:
        return "recursion", found, (RESOLVER_ADDRESS, port)
    found = {role: (RESOLVER_ADDRESS, free_port()) for role in ROLES}
    return "stub", found, (RESOLVER_ADDRESS, port)
