#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A lab for scans: COUNT domains below two registries, on loopback, served by NSD in the network namespace of whoever starts it.

Three NSD processes (root, registries, leaves), as a server that has parent and child never refers to the child. A quarter of the domains is
signed; some do not exist, some are refused or never answered by their servers, some have a DS that fits no key or expired signatures.
Mail goes to shared providers or to hosts of the domains' own; SPF has shared trees, and every mistake that a scan should meet.

usage: scan_lab.py FOLDER COUNT SIGNED-PERMILLE
"""

import base64
import concurrent.futures
import hashlib
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import time

REGISTRIES = ("net", "org")
ROOT = "127.53.0.1"
REGISTRY = {"net": "127.53.1.1", "org": "127.53.1.2"}
SILENT = ("127.53.9.1", "127.53.9.2")
OPERATORS = 24
PROVIDERS = 12
HEALTH = (("good", 925), ("missing", 30), ("refused", 10), ("silent", 15), ("wrong-ds", 12), ("expired", 8))
SELECTORS = ("default", "selector1", "google", "s1", "k1", "mail")
START_SECONDS = 120


def quoted(text):
    return " ".join(f'"{text[at:at + 250]}"' for at in range(0, len(text), 250))


class Zone:
    """One zone: what its file holds, where it is served, and how it is signed."""

    def __init__(self, name, servers, is_signed=False, fault=None):
        self.name = name
        self.servers = servers  # (host, address) pairs
        self.is_signed = is_signed
        self.fault = fault
        self.lines = []

    def add(self, owner, kind, data):
        self.lines.append(f"{owner} {kind} {data}")

    def text(self):
        head = [f"$ORIGIN {self.name}.", "$TTL 3600", "@ SOA ns hostmaster 1 7200 3600 1209600 900"]
        head += [f"@ NS {host}." for host, _ in self.servers]
        head += [f"{host}. A {address}" for host, address in self.servers if host.endswith("." + self.name)]
        return "\n".join(head + self.lines) + "\n"


def operator_servers(i):
    return [(f"ns{k}.op{i}.net", f"127.53.{20 + i}.{k}") for k in (1, 2)]


def make_operators():
    for i in range(OPERATORS):
        zone = Zone(f"op{i}.net", operator_servers(i), is_signed=i % 2 == 0)
        yield zone


def make_providers():
    for i in range(PROVIDERS):
        zone = Zone(f"post{i}.org", operator_servers(i), is_signed=i % 3 == 0)
        for k in range(1, 2 + i % 3):
            zone.add(f"mx{k}", "A", f"192.0.2.{10 * i + k}")
            zone.add(f"mx{k}", "AAAA", f"2001:db8:{i}::{k}")
            if zone.is_signed:
                zone.add(f"_25._tcp.mx{k}", "TLSA", "3 1 1 " + hashlib.sha256(f"{i}{k}".encode()).hexdigest())
        zone.add("@", "TXT", quoted(f"v=spf1 include:spf.post{i}.org -all"))
        zone.add("spf", "TXT", quoted(f"v=spf1 include:spf4.post{i}.org include:spf6.post{i}.org ~all"))
        zone.add("spf4", "TXT", quoted("v=spf1 " + " ".join(f"ip4:198.51.100.{16 * k}/28" for k in range(8)) + " ~all"))
        zone.add("spf6", "TXT", quoted(f"v=spf1 ip6:2001:db8:{i}::/48 ~all"))
        zone.add("_dmarc", "TXT", quoted(f"v=DMARC1; p=reject; rua=mailto:dmarc@post{i}.org"))
        zone.add("*._report._dmarc", "TXT", quoted("v=DMARC1"))
        zone.add("*._domainkey", "TXT", quoted("v=DKIM1; k=rsa; p=" + dkim_key(i)))
        yield zone


def dkim_key(seed):
    """A subjectPublicKeyInfo of a 2048-bit RSA modulus nobody has the key of."""
    modulus = b"\x00\xc1" + random.Random(seed).randbytes(254) + b"\x01"
    numbers = b"\x02\x82\x01\x01" + modulus + b"\x02\x03\x01\x00\x01"
    inner = b"\x30\x82" + len(numbers).to_bytes(2, "big") + numbers
    bits = b"\x03\x82" + (len(inner) + 1).to_bytes(2, "big") + b"\x00" + inner
    body = bytes.fromhex("300d06092a864886f70d0101010500") + bits
    return base64.b64encode(b"\x30\x82" + len(body).to_bytes(2, "big") + body).decode()


def pick(rng, rows):
    return rng.choices([row[0] for row in rows], [row[1] for row in rows])[0]


def mail_lines(rng, zone, i):
    """MX, SPF, DMARC, DKIM and the rest of one domain."""
    provider = min(int(rng.expovariate(0.4)), PROVIDERS - 1)
    kind = pick(rng, (("provider", 70), ("own", 20), ("null", 5), ("none", 5)))
    if kind == "provider":
        for k in range(1, 2 + provider % 3):
            zone.add("@", "MX", f"{10 * k} mx{k}.post{provider}.org.")
    elif kind == "own":
        zone.add("@", "MX", "10 mail")
        zone.add("mail", "A", f"203.0.113.{i % 250 + 1}")
    elif kind == "null":
        zone.add("@", "MX", "0 .")
    spf = pick(rng, (("tree", 65), ("hosts", 15), ("two", 2), ("many", 2), ("loop", 1), ("void", 2), ("none", 13)))
    include = f"include:spf.post{provider}.org"
    record = {
        "tree": f"v=spf1 {include} ~all",
        "hosts": f"v=spf1 a mx {include} -all",
        "two": "v=spf1 a -all",
        "many": "v=spf1 " + " ".join(f"include:spf.post{k}.org" for k in range(6)) + " ~all",
        "loop": f"v=spf1 include:{zone.name} ~all",
        "void": f"v=spf1 include:no1.{zone.name} a:no2.{zone.name} a:no3.{zone.name} ~all",
    }.get(spf)
    if record:
        zone.add("@", "TXT", quoted(record))
    if spf == "two":
        zone.add("@", "TXT", quoted("v=spf1 mx ~all"))
    zone.add("@", "TXT", quoted(f"site-verification={rng.getrandbits(96):x}"))
    zone.add("@", "A", "203.0.113.251")
    if rng.random() < 0.6:
        policy = pick(rng, (("none", 45), ("quarantine", 20), ("reject", 35)))
        target = rng.choice((zone.name, f"post{provider}.org"))
        zone.add("_dmarc", "TXT", quoted(f"v=DMARC1; p={policy}; rua=mailto:dmarc@{target}"))
    if rng.random() < 0.6:
        selector = rng.choice(SELECTORS)
        zone.add(f"{selector}._domainkey", "CNAME", f"{selector}.d{i}._domainkey.post{provider}.org.")
    if rng.random() < 0.1:
        zone.add("_mta-sts", "TXT", quoted(f"v=STSv1; id={i}"))
        zone.add("mta-sts", "A", "203.0.113.252")
    if rng.random() < 0.1:
        zone.add("_smtp._tls", "TXT", quoted(f"v=TLSRPTv1; rua=mailto:tls@{zone.name}"))


def make_domains(count, signed_permille):
    rng = random.Random(6)
    for i in range(count):
        name = f"d{i}.{rng.choice(REGISTRIES)}"
        health = pick(rng, HEALTH)
        servers = operator_servers(min(int(rng.expovariate(0.2)), OPERATORS - 1))
        if health == "silent":
            servers = [(f"ns{k}.{name}", SILENT[k - 1]) for k in (1, 2)]
        elif rng.random() < 0.15:
            servers = [(f"ns{k}.{name}", f"127.53.{100 + k}.{rng.randrange(1, 11)}") for k in (1, 2)]
        fault = health if health in ("wrong-ds", "expired") else None
        zone = Zone(name, servers, rng.random() < signed_permille / 1000 or fault is not None, fault)
        mail_lines(rng, zone, i)
        yield zone, health


def dnskey_tag(rdata):
    """RFC 4034 appendix B."""
    total = sum(octet if i & 1 else octet << 8 for i, octet in enumerate(rdata))
    return (total + (total >> 16 & 0xFFFF)) & 0xFFFF


class Signer:
    """One key for all zones; each zone gets the key files under its own name."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        words = ["ldns-keygen", "-a", "ECDSAP256SHA256", "-k", "-r", "/dev/urandom", "model"]
        base = folder / subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
        self.private = base.with_name(base.name + ".private").read_text()
        self.public = base.with_name(base.name + ".key").read_text().split("DNSKEY", 1)[1].split(";")[0].strip()
        flags, protocol, algorithm, key = self.public.split(None, 3)
        self.rdata = int(flags).to_bytes(2, "big") + bytes((int(protocol), int(algorithm))) + base64.b64decode(key)
        self.tag = dnskey_tag(self.rdata)

    def ds(self, name, is_wrong=False):
        wire = b"".join(bytes((len(label),)) + label.encode() for label in name.split(".") if label) + b"\0"
        digest = hashlib.sha256(wire + self.rdata).hexdigest()
        if is_wrong:
            digest = digest[::-1]
        return f"{self.tag} 13 2 {digest}"

    def sign(self, name, path, fault=None, more=()):
        fqdn = name + "." if name else "."
        base = self.folder / f"K{name or 'root'}+013+{self.tag:05}"
        base.with_name(base.name + ".private").write_text(self.private)
        base.with_name(base.name + ".key").write_text(f"{fqdn} IN DNSKEY {self.public}\n")
        dates = ["-i", "20200101", "-e", "20200201"] if fault == "expired" else []
        words = ["ldns-signzone", *dates, *more, "-o", fqdn, "-f", str(path), str(path), str(base)]
        subprocess.run(words, check=True, capture_output=True)


def write_leaves(folder, signer, count, signed_permille):
    """Zone files of operators, providers and domains, and what the registries say of them."""
    delegations = {registry: [] for registry in REGISTRIES}
    served, names, to_sign = [], [], []
    everything = [(zone, "good") for zone in (*make_operators(), *make_providers())]
    for number, (zone, health) in enumerate((*everything, *make_domains(count, signed_permille))):
        if number >= len(everything):
            names.append(zone.name)
        lines = delegations[zone.name.rsplit(".", 1)[1]]
        if health != "missing":
            lines += [f"{zone.name}. NS {host}." for host, _ in zone.servers]
            lines += [f"{host}. A {address}" for host, address in zone.servers if host.endswith("." + zone.name)]
        if health in ("missing", "refused", "silent"):
            continue
        path = folder / "zones" / zone.name
        path.write_text(zone.text())
        served.append(zone)
        if zone.is_signed:
            to_sign.append((zone, path))
            lines.append(f"{zone.name}. DS {signer.ds(zone.name, zone.fault == 'wrong-ds')}")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda row: signer.sign(row[0].name, row[1], row[0].fault), to_sign))
    (folder / "domains.txt").write_text("\n".join(names) + "\n")
    return delegations, served, len(to_sign)


def write_top(folder, signer, delegations):
    for registry, lines in delegations.items():
        head = f"$ORIGIN {registry}.\n$TTL 86400\n@ SOA ns1 host 1 7200 3600 1209600 900\n@ NS ns1\nns1 A {REGISTRY[registry]}\n"
        path = folder / "zones" / registry
        path.write_text(head + "\n".join(dict.fromkeys(lines)) + "\n")
        signer.sign(registry, path, more=["-n", "-p", "-t", "0"])
    lines = ["$ORIGIN .", "$TTL 86400", ". SOA a.root host.root 1 1800 900 604800 900", ". NS a.root.", f"a.root. A {ROOT}"]
    for registry, address in REGISTRY.items():
        lines += [f"{registry}. NS ns1.{registry}.", f"ns1.{registry}. A {address}", f"{registry}. DS {signer.ds(registry)}"]
    path = folder / "zones" / "root"
    path.write_text("\n".join(lines) + "\n")
    signer.sign("", path)
    (folder / "root.hints").write_text(f". 3600000 NS a.root.\na.root. 3600000 A {ROOT}\n")
    (folder / "trust-anchor.ds").write_text(f". IN DS {signer.ds('')}\n")


def write_server(folder, role, addresses, zones, port):
    lines = ["server:", *(f"  ip-address: {address}" for address in sorted(addresses)), f"  port: {port}", "  server-count: 1",
             '  username: ""', '  chroot: ""', '  database: ""', '  xfrdfile: ""', f'  zonelistfile: "{folder}/{role}.zonelist"',
             f'  pidfile: "{folder}/{role}.pid"', f'  logfile: "{folder}/{role}.log"', f'  zonesdir: "{folder}/zones"',
             "  rrl-ratelimit: 0", "  tcp-count: 200", "remote-control:", "  control-enable: no"]
    for name, file in zones:
        lines += ["zone:", f'  name: "{name}"', f'  zonefile: "{file}"']
    (folder / f"{role}.conf").write_text("\n".join(lines) + "\n")


def write_servers(folder, served, port):
    leaves = {address for zone in served for _, address in zone.servers}
    leaves |= {address for i in range(OPERATORS) for _, address in operator_servers(i)}
    leaves |= {f"127.53.{100 + k}.{i}" for k in (1, 2) for i in range(1, 11)}
    write_server(folder, "root", [ROOT], [(".", "root")], port)
    write_server(folder, "registry", REGISTRY.values(), [(name, name) for name in REGISTRIES], port)
    write_server(folder, "leaf", leaves, [(zone.name, zone.name) for zone in served], port)


def make(folder, count, signed_permille, port=53):
    """Writes everything; prints what it made."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "zones").mkdir(parents=True)
    signer = Signer(folder / "keys")
    delegations, served, signed = write_leaves(folder, signer, count, signed_permille)
    write_top(folder, signer, delegations)
    write_servers(folder, served, port)
    print(f"lab: {count} domains, {len(served)} zones served, {signed} of them signed", flush=True)


class Servers:
    """The three NSD, and the silent addresses."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = []
        self.sockets = []

    def __enter__(self):
        for role in ("root", "registry", "leaf"):
            self.processes.append(subprocess.Popen(["nsd", "-d", "-c", str(self.folder / f"{role}.conf")],
                                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return self

    def keep_silent(self):
        """Addresses that take questions and never answer; a closed port would say so."""
        for address in SILENT:
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            one.bind((address, 53))
            self.sockets.append(one)

    def wait(self, address, name, port=53):
        question = b"\x12\x34\x00\x00\x00\x01\0\0\0\0\0\0"
        question += b"".join(bytes((len(label),)) + label.encode() for label in name.split(".") if label) + b"\0\0\x06\0\x01"
        end = time.monotonic() + START_SECONDS
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.settimeout(0.3)
            while time.monotonic() < end:
                try:
                    one.sendto(question, (address, port))
                    if one.recv(4096)[3] & 15 == 0:
                        return
                except OSError:
                    time.sleep(0.1)
        raise OSError(f"{address} does not serve {name or 'the root'}")

    def wait_all(self, port=53):
        self.wait(ROOT, "", port)
        self.wait(REGISTRY["net"], "net", port)
        self.wait(operator_servers(0)[0][1], "op0.net", port)

    def __exit__(self, *_):
        for one in self.sockets:
            one.close()
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


if __name__ == "__main__":
    make(pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3]))
