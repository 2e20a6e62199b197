# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A name server that never answers: it holds UDP and TCP sockets and reads neither.

usage: silent.py ADDRESS PORT STATE-DIR (the last only marks the process as one of that lab)
"""

import signal
import socket
import sys


def main():
    place = (sys.argv[1], int(sys.argv[2]))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(place)
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind(place)
    tcp.listen(1)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
