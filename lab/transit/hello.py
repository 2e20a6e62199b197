# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The first flight of a TLS server, without any cryptography: what a ClientHello offers, and an answer by policy.

Signatures, shares and randomness are filler. That is enough for whoever looks at what a server chooses and never finishes a
handshake, and it can choose what no TLS library would.
"""

import struct
from dataclasses import dataclass, field

SSL2, SSL3, TLS10, TLS11, TLS12, TLS13 = 0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304
X25519, P256, P384, SECP160R1, SECP224R1 = 0x001D, 0x0017, 0x0018, 0x0010, 0x0015
X25519MLKEM768, SECP256R1MLKEM768, KYBER_DRAFT = 0x11EC, 0x11EB, 0x6399

ECDHE = [0xC02F, 0xC030, 0xCCA8]
SUITES13 = [0x1302, 0x1303, 0x1301]
STATIC = {0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0007, 0x0008, 0x0009, 0x000A, 0x002F, 0x0035, 0x003B, 0x0041,
          0x0096, 0x009C, 0xC0A0}
DHE = {0x0033, 0x0039, 0x009E, 0x009F, 0xC0A2}
ANON_DH = {0x0018, 0x0034, 0x001B}
SCSV = 0x00FF
RSA_PKCS1_SHA1, RSA_PKCS1_SHA224, RSA_PKCS1_SHA256 = 0x0201, 0x0301, 0x0401
HELLO_RETRY = bytes.fromhex("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C")
EXT_GROUPS, EXT_SIGNATURES, EXT_HEARTBEAT, EXT_EMS, EXT_VERSIONS, EXT_KEY_SHARE, EXT_RENEGOTIATION = (
    10, 13, 15, 23, 43, 51, 0xFF01)
ALERT_HANDSHAKE_FAILURE, ALERT_VERSION, ALERT_INTERNAL = 40, 70, 80


@dataclass
class Policy:
    """What a server lets through. The defaults are a good server of 2024."""

    versions: tuple = (TLS12, TLS13)
    suites: list = field(default_factory=lambda: list(ECDHE))  # below TLS 1.3, best first
    suites13: list = field(default_factory=lambda: list(SUITES13))
    groups: list = field(default_factory=lambda: [X25519, P256, P384])
    groups13: list = None  # None: the same
    has_own_order: bool = True
    dh_bits: int = 2048
    signatures: tuple = (RSA_PKCS1_SHA256,)  # that it signs a ServerKeyExchange with
    has_ems: bool = True
    has_secure_renegotiation: bool = True
    compresses: bool = False
    beats: bool = False
    asks_certificate: bool = False
    chain_copies: int = 1
    always_suite: int = 0  # chosen whatever is offered
    internal_error_for: set = field(default_factory=set)  # suites whose offer breaks it


@dataclass
class ClientHello:
    version: int
    session: bytes
    suites: list
    compressions: bytes
    extensions: dict
    size: int

    def list16(self, extension, skip=2):
        data = self.extensions.get(extension, b"")[skip:]
        return [struct.unpack_from("!H", data, at)[0] for at in range(0, len(data) - 1, 2)]

    def versions(self):
        if EXT_VERSIONS in self.extensions:
            return set(self.list16(EXT_VERSIONS, skip=1))
        return {version for version in (SSL3, TLS10, TLS11, TLS12) if version <= self.version}


def parse(body, size):
    """The ClientHello in a handshake message's body; SIZE octets came in all."""
    version = struct.unpack_from("!H", body, 0)[0]
    at = 34
    session = body[at + 1 : at + 1 + body[at]]
    at += 1 + len(session)
    count = struct.unpack_from("!H", body, at)[0]
    suites = [struct.unpack_from("!H", body, at + 2 + i)[0] for i in range(0, count, 2)]
    at += 2 + count
    compressions = body[at + 1 : at + 1 + body[at]]
    at += 1 + len(compressions)
    extensions, at = {}, at + 2
    while at + 4 <= len(body):
        kind, length = struct.unpack_from("!HH", body, at)
        extensions[kind] = body[at + 4 : at + 4 + length]
        at += 4 + length
    return ClientHello(version, session, suites, compressions, extensions, size)


def length16(data):
    return struct.pack("!H", len(data)) + data


def length24(data):
    return struct.pack("!I", len(data))[1:] + data


def extension(kind, data=b""):
    return struct.pack("!H", kind) + length16(data)


def handshake(kind, body):
    return bytes([kind]) + length24(body)


def record(kind, version, data):
    """One or more records; SSL 3 and all later versions share the form."""
    parts = [data[at : at + 16000] for at in range(0, len(data), 16000)] or [b""]
    return b"".join(struct.pack("!BHH", kind, version, len(part)) + part for part in parts)


def alert(number, version=TLS10):
    return record(21, version, bytes([2, number]))


def pick(own, offered, has_own_order):
    """The first that both sides know; None when there is none."""
    first, second = (own, offered) if has_own_order else (offered, own)
    return next((one for one in first if one in second), None)


def is_ecdhe(suite):
    return suite >= 0xC000 and suite not in STATIC and suite not in DHE


def key_exchange(policy, hello, version, suite, group):
    """The ServerKeyExchange; b"" for suites without one."""
    if suite in STATIC:
        return b""
    if is_ecdhe(suite):
        share = b"\x41" * (32 if group == X25519 else 65)
        body = b"\x03" + struct.pack("!H", group) + bytes([len(share)]) + share
    else:
        octets = policy.dh_bits // 8
        prime = b"\x80" + b"\x5a" * (octets - 2) + b"\x01"
        body = length16(prime) + length16(b"\x02") + length16(b"\x33" * octets)
    if suite not in ANON_DH:
        if version == TLS12:
            asked = hello.list16(EXT_SIGNATURES) or [RSA_PKCS1_SHA1]
            body += struct.pack("!H", next(one for one in policy.signatures if one in asked))
        body += length16(b"\x77" * 256)
    return handshake(12, body)


def can_use(policy, hello, version, suite):
    """Has this suite all that it needs?"""
    if is_ecdhe(suite) and pick(policy.groups, hello.list16(EXT_GROUPS), True) is None:
        return False
    if version < TLS12 or suite in STATIC or suite in ANON_DH:
        return True
    asked = hello.list16(EXT_SIGNATURES) or [RSA_PKCS1_SHA1]
    return any(one in asked for one in policy.signatures)


def flight12(policy, hello, version, chain):
    """ServerHello to ServerHelloDone, or an alert."""
    own = [suite for suite in policy.suites if can_use(policy, hello, version, suite)]
    suite = policy.always_suite or pick(own, hello.suites, policy.has_own_order)
    if suite is None:
        return alert(ALERT_HANDSHAKE_FAILURE, version)
    group = pick(policy.groups, hello.list16(EXT_GROUPS), policy.has_own_order)
    extensions = b""
    if policy.has_secure_renegotiation and (EXT_RENEGOTIATION in hello.extensions or SCSV in hello.suites):
        extensions += extension(EXT_RENEGOTIATION, b"\0")
    if policy.has_ems and EXT_EMS in hello.extensions:
        extensions += extension(EXT_EMS)
    if policy.beats and EXT_HEARTBEAT in hello.extensions:
        extensions += extension(EXT_HEARTBEAT, b"\1")
    compression = 1 if policy.compresses and 1 in hello.compressions else 0
    body = struct.pack("!H", version) + b"\x11" * 32 + b"\0" + struct.pack("!HB", suite, compression)
    data = handshake(2, body + (length16(extensions) if extensions else b""))
    if suite not in ANON_DH:
        certificates = b"".join(map(length24, [*chain[:1], *chain[1:] * policy.chain_copies]))
        data += handshake(11, length24(certificates))
    data += key_exchange(policy, hello, version, suite, group or 0)
    if policy.asks_certificate and suite not in ANON_DH:
        algorithms = length16(b"\x04\x01") if version == TLS12 else b""
        data += handshake(13, b"\x01\x01" + algorithms + b"\0\0")
    return record(22, version, data + handshake(14, b""))


def flight13(policy, hello):
    """A HelloRetryRequest that names suite and group, or an alert."""
    suite = pick(policy.suites13, hello.suites, policy.has_own_order)
    groups = policy.groups if policy.groups13 is None else policy.groups13
    group = pick(groups, hello.list16(EXT_GROUPS), policy.has_own_order)
    if suite is None or group is None:
        return alert(ALERT_HANDSHAKE_FAILURE, TLS12)
    extensions = extension(EXT_VERSIONS, struct.pack("!H", TLS13)) + extension(EXT_KEY_SHARE, struct.pack("!H", group))
    body = struct.pack("!H", TLS12) + HELLO_RETRY + bytes([len(hello.session)]) + hello.session
    body += struct.pack("!HB", suite, 0) + length16(extensions)
    return record(22, TLS12, handshake(2, body))


def answer(policy, hello, chain):
    """The octets that a server of this policy sends to this hello."""
    if policy.internal_error_for & set(hello.suites):
        return alert(ALERT_INTERNAL)
    shared = set(policy.versions) & hello.versions()
    if not shared:
        return alert(ALERT_VERSION)
    version = max(shared)
    if version == TLS13:
        return flight13(policy, hello)
    return flight12(policy, hello, version, chain)


def answer_ssl2(policy, chain):
    """The SERVER-HELLO of SSL 2, or silence as of a server that does not know it."""
    if SSL2 not in policy.versions:
        return b""
    kinds = bytes.fromhex("010080" "020080" "0700c0")
    body = struct.pack("!BBBHHHH", 4, 0, 1, SSL2, len(chain[0]), len(kinds), 16) + chain[0] + kinds + b"\x22" * 16
    return struct.pack("!H", 0x8000 | len(body)) + body
