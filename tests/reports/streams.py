# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Mail streams with known senders, forwarders and spoofers, and what receivers would report of them.

A Stream is who really sends; world(seed) makes one organisation's mail of some weeks. rows() is the mail as receivers see
it: aligned results follow from SPF and DKIM as a receiver would evaluate them, so nothing here knows how mailseal judges.
"""
import random
from collections import defaultdict
from dataclasses import dataclass, field

DAY = 86400
NOW = 1795608000  # 2026-11-25 12:00:00 UTC
REPORTERS = {"google.com": 0.45, "outlook.com": 0.35, "yahoo.com": 0.15, "mail.example": 0.05}


@dataclass
class Stream:
    truth: str  # legitimate, forwarded, spoofed
    per_day: float
    sources: list
    envelope: str  # SPF domain
    spf: str  # pass, fail, softfail, none
    dkim: list = field(default_factory=list)  # (result, domain, selector)
    days: float = 1.0  # chance of a day with mail
    header_from: str = ""
    reasons: str = ""
    span: tuple = (0.0, 1.0)  # part of the time in which it exists


def address(rng, network):
    return f"{network}.{rng.randint(1, 254)}"


def organisational(name):
    return ".".join(name.split(".")[-2:])


def spoofers(rng, domain):
    """Many machines, each for a day or a few; some with a domain or a signature of their own."""
    streams = []
    for _ in range(rng.randint(40, 120)):
        start = rng.random() * 0.95
        network = f"{rng.choice([5, 41, 91, 103, 177, 190])}.{rng.randint(0, 255)}.{rng.randint(0, 255)}"
        own = rng.random()
        envelope, spf, dkim = domain, "fail", []
        if own < 0.3:
            envelope, spf = f"spam{rng.randint(1, 999)}.test", "pass"
        if own < 0.1:
            dkim = [("pass", envelope, "mail")]
        elif own > 0.9:
            dkim = [("permerror", domain, f"x{rng.randint(1, 99)}")]
        streams.append(Stream("spoofed", rng.randint(1, 60), [address(rng, network)], envelope, spf, dkim,
                              span=(start, start + 0.04)))
    return streams


def forwarders(rng, domain, keys):
    """Servers of alumni, universities and hobby lists that pass on signed mail, and some that change it."""
    streams = []
    for number in range(rng.randint(3, 8)):
        network = f"198.18.{number}" if rng.random() < 0.5 else f"203.0.{number + 20}"
        sources = [address(rng, network)]
        selector, signer = rng.choice(keys)
        rewrites = rng.random() < 0.6
        envelope = f"fwd{number}.test" if rewrites else domain
        result = "pass" if rewrites else "fail"
        streams.append(Stream("forwarded", rng.uniform(2, 15), sources, envelope, result, [("pass", signer, selector)], 0.8))
        if rng.random() < 0.5:
            broken = [("fail", signer, selector)]
            streams.append(Stream("forwarded", rng.uniform(1, 5), sources, envelope, result, broken, 0.6))
    signer = keys[0]
    streams.append(Stream("forwarded", rng.uniform(3, 10), ["203.0.77.7"], "lists.club.test", "pass",
                          [("fail", signer[1], signer[0]), ("pass", "lists.club.test", "l1")], 0.7))
    streams.append(Stream("forwarded", rng.uniform(1, 4), ["203.0.99.9"], domain, "fail", [("fail", signer[1], signer[0])],
                          0.5, reasons="forwarded -"))
    return streams


def world(seed, domain="example.org", broken=None):
    """The streams of an organisation. broken: a legitimate sender that does not pass ("service", "server", "subdomain")."""
    rng = random.Random(seed)
    keys = [("s2026", domain), ("selector1", domain), ("news1", f"news.{domain}")]
    own = [address(rng, "192.0.2") for _ in range(3)]
    cloud = [f"40.107.{rng.randint(0, 255)}.{rng.randint(1, 254)}" for _ in range(20)]
    streams = [
        Stream("legitimate", rng.uniform(50, 200), own, domain, "pass", [("pass", domain, "s2026")]),
        Stream("legitimate", rng.uniform(100, 400), cloud, domain, "pass", [("pass", domain, "selector1")]),
        # bounces and calendar answers: a null envelope, so SPF is somebody else's
        Stream("legitimate", rng.uniform(2, 10), cloud, "outbound.protection.outlook.com", "pass",
               [("pass", domain, "selector1")]),
        # a newsletter service with its own envelope, signed as us
        Stream("legitimate", rng.uniform(100, 500), [address(rng, "198.51.100") for _ in range(8)], "bounce.mailer.test",
               "pass", [("pass", f"news.{domain}", "news1"), ("pass", "mailer.test", "k1")], 0.3),
        # printers and scanners: SPF only
        Stream("legitimate", rng.uniform(1, 5), [own[0]], domain, "pass", []),
    ]
    if broken == "service":
        streams.append(Stream("legitimate", rng.uniform(10, 40), [address(rng, "149.72.1") for _ in range(4)],
                              "u123.wl.sendgrid.net", "pass", [("pass", "sendgrid.net", "smtpapi")], 0.6))
    elif broken == "server":
        streams.append(Stream("legitimate", rng.uniform(5, 20), [address(rng, "203.0.113")], domain, "softfail", [], 0.8))
    elif broken == "subdomain":
        streams.append(Stream("legitimate", rng.uniform(5, 20), [own[1]], f"app.{domain}", "none", [], 0.8,
                              header_from=f"app.{domain}"))
    return streams + forwarders(rng, domain, keys) + spoofers(rng, domain), rng


def dispose(policy, passes):
    return {"none": "none", "quarantine": "quarantine", "reject": "reject"}[policy] if not passes else "none"


def poisson(rng, mean):
    total, count = rng.expovariate(1), 0
    while total < mean and count < 5000:
        total += rng.expovariate(1)
        count += 1
    return count


def reports(streams, rng, domain="example.org", days=60, policy=lambda day: "none"):
    """{(day, reporter): [row]}; a row has truth, source, count, disposition, dkim, spf, header_from, ..."""
    made = defaultdict(dict)
    for day in range(days):
        for stream in streams:
            now = day / days
            if not stream.span[0] <= now < stream.span[1] or rng.random() > stream.days:
                continue
            for _ in range(poisson(rng, stream.per_day)):
                reporter = rng.choices(list(REPORTERS), REPORTERS.values())[0]
                header_from = stream.header_from or domain
                source = rng.choice(stream.sources)
                dkim = any(result == "pass" and organisational(d) == organisational(header_from)
                           for result, d, _ in stream.dkim)
                spf = stream.spf == "pass" and organisational(stream.envelope) == organisational(header_from)
                disposition = dispose(policy(day), dkim or spf)
                key = (stream.truth, source, disposition, dkim, spf, header_from, stream.envelope, stream.spf,
                       tuple(stream.dkim), stream.reasons)
                rows = made[(day, reporter)]
                rows[key] = rows.get(key, 0) + 1
    return made


def lines(made, domain="example.org", days=60, policy=lambda day: "none"):
    """For tests/reports/fill.c."""
    first = NOW // DAY - days
    for (day, reporter), rows in sorted(made.items()):
        begin = (first + day) * DAY
        yield f"R\t{reporter}\t{reporter}-{day}\t{domain}\t{begin}\t{begin + DAY - 1}\tp={policy(day)}"
        for key, count in rows.items():
            _, source, disposition, dkim, spf, header_from, envelope, spf_result, signatures, reasons = key
            evidence = "".join(f"dkim {result} {d} {s}|" for result, d, s in signatures)
            evidence += f"spf {spf_result} {envelope} mfrom|"
            number = {"none": 1, "quarantine": 2, "reject": 3}[disposition]
            yield "\t".join(["F", source, str(count), str(number), "1" if dkim else "2", "1" if spf else "2", header_from,
                             envelope, evidence, reasons + ("|" if reasons else "")])


def truth_by_source(made):
    """{source: {truth: messages}}"""
    totals = defaultdict(lambda: defaultdict(int))
    for rows in made.values():
        for key, count in rows.items():
            totals[key[1]][key[0]] += count
    return totals


def messages(made, truth=None):
    return sum(count for rows in made.values() for key, count in rows.items() if truth is None or key[0] == truth)
