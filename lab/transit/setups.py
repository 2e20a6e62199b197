# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The set-ups of the transit lab: each is a domain NAME.example with one mail host, mx.NAME.example, and one thing to find."""

from dataclasses import dataclass, field

import packages
import responder

MODERN = {
    "smtpd_tls_protocols": ">=TLSv1.2",
    "tls_medium_cipherlist": "ECDHE+AESGCM:ECDHE+CHACHA20",
    "tls_ssl_options": "NO_RENEGOTIATION",
}
STOCK = {"tls_medium_cipherlist": "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH", "smtpd_tls_protocols": ">=TLSv1"}
WEAK_FIRST = {
    "smtpd_tls_protocols": ">=TLSv1.2, <=TLSv1.2",
    "tls_preempt_cipherlist": "yes",
    "tls_medium_cipherlist": "AES128-SHA:AES256-GCM-SHA384:ECDHE+AESGCM",
}
MX = "@ MX 10 mx"
# Behaviours of the policy host that leave a sender without a policy.
FETCH_FAULTS = ("html", "redirect", "404", "204", "big", "nonsense", "drip", "hang")


@dataclass
class Setup:
    """One domain. Its address, and what else only the running lab knows, is filled in by internet.py."""

    name: str
    about: str
    server: str = "postfix"  # postfix, postscreen, exim, opensmtpd, node, responder, none
    certificates: tuple = ("good",)  # kinds of pki.py
    options: dict = field(default_factory=lambda: dict(MODERN))  # of a Postfix service
    personality: str = ""  # of the responder, Node.js or Exim
    zone: str = "signed"  # as in ../zonefile.py
    records: tuple = (MX,)
    tlsa: tuple = ()  # "USAGE SELECTOR TYPE WHAT", WHAT: a kind of certificate, ca, short, other
    tlsa_owner: str = "_25._tcp.mx"
    tlsa_zone: str = ""  # how _tcp.mx is served, when apart
    sts: str = ""  # behaviour of the policy host; empty: no MTA-STS
    sts_mode: str = "enforce"
    sts_mx: tuple = ()  # patterns; empty: the host
    sts_is_old: bool = False  # the policy host knows TLS 1.1 and nothing later
    sts_certificate: str = "good"  # of the policy host
    sts_record: tuple = ('"v=STSv1; id=1"',)
    second: str = ""  # another address of the host, with changed options
    second_options: dict = field(default_factory=dict)
    address: str = ""

    @property
    def domain(self):
        return f"{self.name}.example"

    @property
    def host(self):
        return f"mx.{self.domain}"

    @property
    def policy_name(self):
        return f"mta-sts.{self.domain}"

    @property
    def patterns(self):
        return self.sts_mx or (self.host,)

    def has_policy(self):
        """Is there one that senders get hold of?"""
        return (self.sts not in ("", *FETCH_FAULTS) and not self.sts_is_old and self.sts_certificate == "good"
                and len(self.sts_record) == 1 and "id=" in self.sts_record[0])

    def policy(self):
        """The text of the MTA-STS policy."""
        mx = "".join(f"mx: {pattern}\r\n" for pattern in self.patterns)
        return f"version: STSv1\r\nmode: {self.sts_mode}\r\n{mx}max_age: 1209600\r\n"


def without_tls():
    return {**MODERN, "smtpd_tls_security_level": "none"}


def certificate(kind, about):
    return Setup(f"cert-{kind}", about, certificates=(kind,))


def dane(name, about, *tlsa, **more):
    return Setup(f"dane-{name}", about, tlsa=tlsa, **more)


def sts(name, about, behaviour="good", **more):
    return Setup(f"sts-{name}", about, sts=behaviour, **more)


POSTFIX = [
    Setup("modern", "TLS 1.2 and 1.3, good suites"),
    Setup("default", "Postfix as it comes", options={}),
    Setup("stock", "anonymous suites and TLS 1.0", options=STOCK),
    Setup("two", "an ECDSA and an RSA certificate", certificates=("good", "rsa")),
    Setup("none", "no STARTTLS", options=without_tls()),
    Setup("backwards", "weak suites first", options=WEAK_FIRST, certificates=("rsa",)),
    Setup("rate", "six connections a minute",
          options={**MODERN, "smtpd_client_connection_rate_limit": "6", "smtpd_client_event_limit_exceptions": ""}),
    Setup("screen", "postscreen greets after three seconds", server="postscreen"),
    Setup("families", "no STARTTLS at the IPv6 address", second="2001:db8::2", second_options=without_tls()),
    Setup("pool", "an expired certificate at one of two addresses", second="198.51.100.250",
          second_options={"certificates": ("expired",)}),
    Setup("unsigned", "a zone without DNSSEC", zone="unsigned"),
    Setup("null", "takes no mail", server="none", records=("@ MX 0 .",)),
    Setup("gone", "nobody listens", server="none"),
    certificate("rsa2048", "RSA of 2048 bits"),
    certificate("rsa1024", "RSA of 1024 bits"),
    certificate("p224", "a key on secp224r1"),
    certificate("ed25519", "Ed25519"),
    certificate("expired", "expired ten days ago"),
    certificate("notyet", "valid in ten days"),
    certificate("expiring", "ten of 90 days left"),
    certificate("selfsigned", "self-signed"),
    certificate("untrusted", "by an authority nobody knows"),
    certificate("wrongname", "another host's name"),
    certificate("wildcard", "a wildcard"),
    certificate("deepwildcard", "a wildcard that would have to cover two labels"),
    certificate("cnonly", "the name in the subject only"),
    certificate("nochain", "without the intermediate"),
    certificate("disorder", "the chain in disorder"),
    certificate("sha1", "signed with SHA-1"),
    certificate("client", "for clients only"),
]

DANE = [
    dane("ok", "3 1 1", "3 1 1 good"),
    dane("512", "3 1 2", "3 1 2 good"),
    dane("full", "3 0 0", "3 0 0 good"),
    dane("mismatch", "another key's digest", "3 1 1 other"),
    dane("rollover", "the old and the new key", "3 1 1 other", "3 1 1 good"),
    dane("authority", "2 1 1 of the intermediate", "2 1 1 ca"),
    dane("authority-name", "2 1 1, but another host's name", "2 1 1 ca", certificates=("wrongname",)),
    dane("authority-absent", "2 1 1, but the intermediate is not sent", "2 1 1 ca", certificates=("nochain",)),
    dane("pkix", "usage 1 only", "1 1 1 good"),
    dane("short", "half a digest", "3 1 1 short"),
    dane("expired", "expired, and 3 1 1 matches", "3 1 1 expired", certificates=("expired",)),
    dane("selfsigned", "self-signed, and 3 1 1 matches", "3 1 1 selfsigned", certificates=("selfsigned",)),
    dane("clear", "TLSA, but no STARTTLS", "3 1 1 good", options=without_tls()),
    dane("alias", "TLSA behind a CNAME", "3 1 1 good", tlsa_owner="shared",
         records=(MX, "_25._tcp.mx CNAME shared")),
    dane("unsigned", "TLSA in a zone without DNSSEC", "3 1 1 good", zone="unsigned"),
    dane("bogus", "TLSA with broken signatures", "3 1 1 good", tlsa_zone="bogus-ds"),
    dane("stale", "TLSA with signatures of 2020", "3 1 1 good", tlsa_zone="bogus-expired"),
    dane("servfail", "the look-up of TLSA fails", tlsa_zone="servfail"),
    dane("denial", "the denial of TLSA is bogus", tlsa_zone="bogus-ds"),
    dane("two", "one of two certificates matches", "3 1 1 good", certificates=("good", "rsa")),
    dane("two-ok", "both match", "3 1 1 good", "3 1 1 rsa", certificates=("good", "rsa")),
]

STS = [
    sts("ok", "enforced, and all is well"),
    sts("testing", "testing", sts_mode="testing"),
    sts("none", "mode none", sts_mode="none"),
    sts("wildcard", "a pattern with a wildcard", sts_mx=("*.sts-wildcard.example",)),
    sts("extra", "a pattern without a host", sts_mx=("mx.sts-extra.example", "backup.sts-extra.example")),
    sts("uncovered", "no pattern for the host", sts_mx=("mail.sts-uncovered.example",)),
    sts("name", "the host's certificate has another name", certificates=("wrongname",)),
    sts("untrusted", "the host's certificate is self-signed", certificates=("selfsigned",)),
    sts("expired", "the host's certificate has expired", certificates=("expired",)),
    sts("clear", "the host knows no STARTTLS", options=without_tls()),
    sts("testing-clear", "the same while testing", options=without_tls(), sts_mode="testing"),
    sts("dane", "MTA-STS and DANE", tlsa=("3 1 1 good",)),
    sts("dane-mismatch", "MTA-STS is right and DANE is wrong", tlsa=("3 1 1 other",)),
    sts("dane-only", "DANE is right and MTA-STS is wrong", tlsa=("3 1 1 selfsigned",), certificates=("selfsigned",)),
    sts("lf", "lines end with LF", "lf"),
    sts("charset", "a type with a charset", "charset"),
    sts("chunked", "comes in chunks", "chunked"),
    sts("html", "comes as HTML", "html"),
    sts("redirect", "a redirect", "redirect"),
    sts("404", "not found", "404"),
    sts("204", "no content", "204"),
    sts("big", "more than 64 kB", "big"),
    sts("bom", "a byte order mark", "bom"),
    sts("twice", "two modes", "twice"),
    sts("blank", "an empty last line", "blank"),
    sts("nonsense", "not a policy", "nonsense"),
    sts("drip", "one octet every two seconds", "drip"),
    sts("hang", "never comes", "hang"),
    sts("old", "the policy host ends with TLS 1.1", sts_is_old=True),
    sts("host-selfsigned", "the policy host is self-signed", sts_certificate="selfsigned"),
    sts("host-expired", "the policy host's certificate has expired", sts_certificate="expired"),
    sts("host-name", "the policy host's certificate has another name", sts_certificate="wrongname"),
    sts("records", "two records", sts_record=('"v=STSv1; id=1"', '"v=STSv1; id=2"')),
    sts("noid", "a record without id", sts_record=('"v=STSv1;"',)),
]

OTHERS = [
    Setup("exim", "GnuTLS as it comes", server="exim", personality="normal"),
    Setup("exim-old", "RC4, 3DES, TLS 1.0", server="exim", personality="old", certificates=("rsa",)),
    Setup("exim-grey", "greylisting", server="exim", personality="grey"),
    Setup("exim-narrow", "one connection at a time", server="exim", personality="narrow"),
    Setup("opensmtpd", "ECDSA", server="opensmtpd"),
    Setup("opensmtpd-rsa", "RSA", server="opensmtpd", certificates=("rsa",)),
]



def mixed(name, about, *hosts, **more):
    """A domain whose mail hosts are those of other set-ups, most preferred first."""
    records = tuple(f"@ MX {10 * number} mx.{host}.example." for number, host in enumerate(hosts, 1))
    patterns = more.pop("covers", hosts)
    return Setup(f"mixed-{name}", about, server="none", records=records,
                 sts_mx=tuple(f"mx.{host}.example" for host in patterns), **more)


MIXED = [
    mixed("second-clear", "the second host knows no STARTTLS", "modern", "none"),
    mixed("first-gone", "the first host is gone", "gone", "none"),
    mixed("dane-clear", "DANE, and a second host without STARTTLS", "dane-ok", "none"),
    mixed("dane-plain", "DANE, and a second host without it", "dane-ok", "modern"),
    mixed("dane-mismatch", "the first host's TLSA is wrong", "dane-mismatch", "dane-ok"),
    mixed("dane-only-mismatch", "two hosts whose TLSA is wrong", "dane-mismatch", "dane-clear"),
    mixed("dane-servfail", "the first host's TLSA cannot be looked up", "dane-servfail", "modern"),
    mixed("sts-uncovered", "the policy covers the second host only", "modern", "two", sts="good", covers=("two",)),
    mixed("sts-clear", "the first host knows no STARTTLS", "none", "modern", sts="good"),
    mixed("sts-first", "the policy covers the first host only", "modern", "none", sts="good", covers=("modern",)),
]

# Only where packages.py has the Node.js builds.
NODES = [
    Setup("museum", "OpenSSL 1.0.1: SSL 2 to TLS 1.2, all that was ever in it", server="node", personality="museum",
          certificates=("rsa2048",)),
    Setup("attic", "OpenSSL 1.0.2: TLS 1.2 and DH of 1024 bits", server="node", personality="attic",
          certificates=("rsa2048",)),
    Setup("kem", "OpenSSL 3.5 with ML-KEM", server="node", personality="kem"),
    Setup("pqonly", "the same with one hybrid group and nothing else", server="node", personality="pqonly"),
]


def personalities():
    return [Setup(f"fault-{name}", one.about, server="responder", personality=name)
            for name, one in responder.PERSONALITIES.items()]


def everything():
    nodes = NODES if all(map(packages.is_there, packages.NODE)) else []
    return POSTFIX + DANE + STS + OTHERS + MIXED + nodes + personalities()
