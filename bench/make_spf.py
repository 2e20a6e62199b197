#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Records and questions for the SPF bench, the same each time: domains as they are met, with services three includes deep.

`world NAME. TYPE DATA` is a record, `test IP HELO MAIL-FROM` a question.
"""

SERVICES = 12
DOMAINS = 200


def network(service, part, number):
    return f"{20 + service}.{part * 16 + number // 4}.{number % 4 * 64}.0/{20 + number % 5}"


def service_lines(service):
    base = f"s{service}.example"
    parts = [f"_{letter}.{base}" for letter in "abc"]
    yield f'world _spf.{base}. TXT "v=spf1 {" ".join("include:" + part for part in parts)} ~all"'
    for part, name in enumerate(parts):
        networks = [f"ip4:{network(service, part, number)}" for number in range(8 + 4 * part)]
        networks += [f"ip6:2001:db8:{service:x}{part:x}{number:x}::/48" for number in range(3)]
        yield f'world {name}. TXT "v=spf1 {" ".join(networks[:9])} " "{" ".join(networks[9:])} ~all"'


def record(number):
    name = f"d{number}.example"
    one, two = number % SERVICES, (number * 5 + 3) % SERVICES
    own = f"ip4:198.51.{number}.0/26"
    return (
        f"{own} ip4:203.0.113.{number}/32 -all",
        f"mx a {own} -all",
        f"include:_spf.s{one}.example {own} -all",
        f"include:_spf.s{one}.example include:_spf.s{two}.example ~all",
        f"a:mail.{name} mx include:_spf.s{two}.example {own} -all",
        f"redirect=_spf.{name}",
        f"exists:%{{ir}}.list.{name} {own} -all",
        f"{own} mx ?all",
    )[number % 8]


def domain_lines(number):
    name = f"d{number}.example"
    yield f'world {name}. TXT "v=spf1 {record(number)}"'
    yield f'world _spf.{name}. TXT "v=spf1 ip4:198.51.{number}.0/26 include:_spf.s{number % SERVICES}.example -all"'
    for host in (name, f"mail.{name}", f"mx1.{name}", f"mx2.{name}"):
        yield f"world {host}. A 198.18.{number}.{len(host) % 50}"
        yield f"world {host}. AAAA 2001:db8:ffff:{number:x}::{len(host) % 50:x}"
    yield f"world {name}. MX 10 mx1.{name}."
    yield f"world {name}. MX 20 mx2.{name}."
    yield f"world 7.{number}.51.198.list.{name}. A 127.0.0.2"


def question_lines(number):
    name = f"d{number}.example"
    service = number % SERVICES
    clients = (f"198.51.{number}.7", f"198.18.{number}.{len('mx1.' + name) % 50}", f"{20 + service}.32.1.9", "192.0.2.66",
               f"2001:db8:{service:x}21::9", "2001:db8:eeee::66")
    for client in clients:
        yield f"test {client} mail.{name} jo@{name}"


def main():
    for service in range(SERVICES):
        print("\n".join(service_lines(service)))
    for number in range(DOMAINS):
        print("\n".join(domain_lines(number)))
    for number in range(DOMAINS):
        print("\n".join(question_lines(number)))


if __name__ == "__main__":
    main()
