# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A DNS world in a network namespace of its own, with every outcome a look-up can have.

root         at the real root servers' addresses, so that built-in hints lead to it
registry     "example.", apart from root and leaves, so that there are referrals
leaf         good (signed), plain, broken (wrong DS), expired; refuses "refused", fails "servfail"
silent       reads nothing; nothing at all listens at CLOSED
resolver     Unbound, validating; "stripping" and "rejecting" stand before it and let no DNSSEC pass
"""

import fcntl
import pathlib
import socket
import struct
import subprocess
import threading
import time

# a to m.root-servers.net; "b" has its address of before and after 2023.
ROOTS = ["198.41.0.4", "199.9.14.201", "170.247.170.2", "192.33.4.12", "199.7.91.13", "192.203.230.10", "192.5.5.241",
         "192.112.36.4", "198.97.190.53", "192.36.148.17", "192.58.128.30", "193.0.14.129", "199.7.83.42", "202.12.27.33"]
ROOT, REGISTRY, LEAF = ROOTS[0], "127.88.0.2", "127.88.0.3"
RESOLVER, STRIPPING, REJECTING = "127.88.0.53", "127.88.0.54", "127.88.0.55"
SILENT, CLOSED = "127.88.0.9", "127.88.0.10"
MANY = 500
READY_SECONDS = 20
EXPIRED = ["-i", "20200101", "-e", "20200201"]

HEAD = """$ORIGIN {origin}
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS {ns}
"""


def text_record(owner, size):
    """A TXT record of SIZE octets."""
    strings = ['"' + "x" * min(200, size - at) + '"' for at in range(0, size, 200)]
    return f"{owner} TXT {' '.join(strings)}"


def good_zone():
    lines = [
        "ns A " + LEAF,
        '@ TXT "v=spf1 -all" "; second"',
        "@ MX 10 mail",
        "mail A 192.0.2.1",
        "mail AAAA 2001:db8::1",
        "alias CNAME alias2",
        "alias2 CNAME mail",
        "dangling CNAME nowhere.good.example.",
        "loop1 CNAME loop2",
        "loop2 CNAME loop1",
        "out CNAME www.plain.example.",
        r'odd\.label TXT "a dot in a label"',
        'deep.empty TXT "below an empty non-terminal"',
        text_record("kilobytes", 4000),
        text_record("large", 13000),
        *(f"n{i} TXT \"number {i}\"" for i in range(MANY)),
    ]
    return "\n".join(lines)


ZONES = {
    "good.example.": good_zone(),
    "plain.example.": f"ns A {LEAF}\n@ TXT \"plain\"\nwww A 192.0.2.80\nlate CNAME x.silent.example.",
    "broken.example.": f"ns A {LEAF}\n@ TXT \"broken\"\nwww A 192.0.2.81",
    "expired.example.": f"ns A {LEAF}\n@ TXT \"expired\"",
}
DELEGATED = {
    **{zone: LEAF for zone in ZONES},
    "refused.example.": LEAF,
    "servfail.example.": LEAF,
    "silent.example.": SILENT,
    "closed.example.": CLOSED,
}
SIGNED = {"good.example.": [], "broken.example.": [], "expired.example.": EXPIRED}


def raise_loopback(addresses):
    """Loopback is down in a new namespace; bring it up and give it more addresses."""
    set_address, set_flags, is_up = 0x8916, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, set_flags, struct.pack("16sH14x", b"lo", is_up))
        for i, address in enumerate(addresses):
            inet = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))
            fcntl.ioctl(sock, set_address, struct.pack("16s16s", b"lo:%d" % (i + 1), inet))


class World:
    """Servers in a folder; stop() ends all that start() started."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.processes = []
        self.sockets = []
        self.hints = self.folder / "root.hints"
        self.anchor = self.folder / "root.ds"

    # Zones

    def tool(self, *words):
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout.strip()

    def sign(self, zone, dates):
        """Sign a zone in place; its DS record."""
        key = self.tool("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", zone)
        path = self.folder / self.file_of(zone)
        self.tool("ldns-signzone", *dates, "-o", zone, "-f", str(path) + ".signed", str(path), key)
        path.with_name(path.name + ".signed").rename(path)
        return (self.folder / f"{key}.ds").read_text(encoding="ascii").strip()

    @staticmethod
    def file_of(zone):
        return (zone.strip(".") or "root") + ".zone"

    def write_zone(self, zone, body, ns=None):
        head = HEAD.format(origin=zone, ns=ns or f"ns.{zone}")
        (self.folder / self.file_of(zone)).write_text(head + body + "\n", encoding="ascii")

    def make_zones(self):
        ds = {}
        for zone, body in ZONES.items():
            self.write_zone(zone, body)
            if zone in SIGNED:
                ds[zone] = self.sign(zone, SIGNED[zone])
        digest = ds["broken.example."].split()[-1]
        wrong = digest[:-1] + ("0" if digest[-1] != "0" else "1")
        ds["broken.example."] = ds["broken.example."].replace(digest, wrong)
        body = [f"ns.example. A {REGISTRY}"]
        for zone, address in DELEGATED.items():
            body += [f"{zone} NS ns.{zone}", f"ns.{zone} A {address}"]
        body += ["noaddress.example. NS ns.good-but-not-there.example."]
        self.write_zone("example.", "\n".join(body + list(ds.values())))
        registry_ds = self.sign("example.", [])
        root = [f"a.root-servers.net. A {ROOT}", "example. NS ns.example.",
                f"ns.example. A {REGISTRY}", registry_ds]
        self.write_zone(".", "\n".join(root), ns="a.root-servers.net.")
        self.anchor.write_text(self.sign(".", []) + "\n", encoding="ascii")
        self.hints.write_text(f". 3600 NS a.root-servers.net.\na.root-servers.net. 3600 A {ROOT}\n",
                              encoding="ascii")

    # Servers

    def spawn(self, *words):
        with open(self.folder / "servers.log", "ab") as log:
            self.processes.append(subprocess.Popen(words, stdout=log, stderr=log))

    def start_nsd(self, name, addresses, zones):
        lines = ["server:", *(f" ip-address: {address}" for address in addresses), f"""
 port: 53
 username: ""
 chroot: ""
 database: ""
 zonesdir: "{self.folder}"
 pidfile: "{self.folder}/{name}.pid"
 xfrdfile: "{self.folder}/{name}.xfrd"
 zonelistfile: "{self.folder}/{name}.list"
 rrl-ratelimit: 0
 server-count: 1
 tcp-count: 200
remote-control:
 control-enable: no"""]
        lines += [f'zone:\n name: "{zone}"\n zonefile: "{self.file_of(zone)}"' for zone in zones]
        conf = self.folder / f"{name}.conf"
        conf.write_text("\n".join(lines) + "\n", encoding="ascii")
        self.spawn("nsd", "-d", "-c", str(conf))

    def start_resolver(self):
        conf = self.folder / "unbound.conf"
        conf.write_text(f"""server:
 interface: {RESOLVER}
 access-control: 127.0.0.0/8 allow
 username: ""
 chroot: ""
 directory: "{self.folder}"
 pidfile: "{self.folder}/unbound.pid"
 use-syslog: no
 do-ip6: no
 do-not-query-localhost: no
 root-hints: "{self.hints}"
 trust-anchor-file: "{self.anchor}"
 infra-cache-max-rtt: 500
remote-control:
 control-enable: no
""", encoding="ascii")
        self.spawn("unbound", "-d", "-c", str(conf))

    def udp(self, address):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((address, 53))
        self.sockets.append(sock)
        return sock

    def start_forwarder(self, address, is_rejecting):
        """As in an old home router: the question goes on without EDNS, or EDNS is a format error."""
        sock = self.udp(address)

        def serve():
            while True:
                try:
                    query, peer = sock.recvfrom(4096)
                except OSError:
                    return
                end = query.index(0, 12) + 5
                if is_rejecting and query[11] > 0:
                    sock.sendto(query[:2] + b"\x80\x81" + query[4:10] + b"\0\0" + query[12:end], peer)
                    continue
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as upstream:
                    upstream.settimeout(2)
                    upstream.sendto(query[:10] + b"\0\0" + query[12:end], (RESOLVER, 53))
                    try:
                        sock.sendto(upstream.recv(4096), peer)
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()

    def wait_for(self, address, zone):
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            found = subprocess.run(["drill", f"@{address}", zone, "SOA"], capture_output=True,
                                   text=True, check=False)
            if "NOERROR" in found.stdout:
                return
            time.sleep(0.1)
        raise AssertionError(f"{address} does not serve {zone}: "
                             + (self.folder / "servers.log").read_text(errors="replace")[-2000:])

    def start(self):
        raise_loopback(ROOTS)
        self.make_zones()
        self.start_nsd("root", ROOTS, ["."])
        self.start_nsd("registry", [REGISTRY], ["example."])
        self.start_nsd("leaf", [LEAF], [*ZONES, "servfail.example."])
        self.udp(SILENT)
        self.start_resolver()
        self.start_forwarder(STRIPPING, is_rejecting=False)
        self.start_forwarder(REJECTING, is_rejecting=True)
        for place in ((ROOT, "."), (REGISTRY, "example."), (LEAF, "good.example."), (RESOLVER, ".")):
            self.wait_for(*place)

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()
        for sock in self.sockets:
            sock.close()
