#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Make aggregate reports as a big provider writes them: make_reports.py FOLDER REPORTS ROWS_EACH [DOMAINS]

Senders are few and have many addresses: 40 of them, each with its own signatures and return path, and an address of one
sends with a chance that falls as 1/rank. Every fourth row is from an address seen once, without signatures.
"""
import random
import sys
from pathlib import Path

SEED = 20260901
SENDERS = 40
ADDRESSES = 20000
DAY = 86400
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<feedback>
  <report_metadata>
    <org_name>reporter{reporter}.example</org_name>
    <email>noreply@reporter{reporter}.example</email>
    <report_id>{number}</report_id>
    <date_range>
      <begin>{begin}</begin>
      <end>{end}</end>
    </date_range>
  </report_metadata>
  <policy_published>
    <domain>{domain}</domain>
    <adkim>r</adkim>
    <aspf>r</aspf>
    <p>none</p>
    <sp>none</sp>
    <pct>100</pct>
  </policy_published>
"""
ROW = """  <record>
    <row>
      <source_ip>{source}</source_ip>
      <count>{count}</count>
      <policy_evaluated>
        <disposition>none</disposition>
        <dkim>{dkim}</dkim>
        <spf>{spf}</spf>
      </policy_evaluated>
    </row>
    <identifiers>
      <envelope_to>recipient.example</envelope_to>
      <envelope_from>{envelope}</envelope_from>
      <header_from>{domain}</header_from>
    </identifiers>
    <auth_results>
{signatures}      <spf>
        <domain>{envelope}</domain>
        <scope>mfrom</scope>
        <result>{spf}</result>
      </spf>
    </auth_results>
  </record>
"""
SIGNATURE = """      <dkim>
        <domain>{domain}</domain>
        <selector>s{selector}</selector>
        <result>{dkim}</result>
      </dkim>
"""


def address(number):
    mixed = (number * 2654435761 + 12345) & 0xFFFFFFFF
    return f"{mixed >> 24 or 1}.{mixed >> 16 & 255}.{mixed >> 8 & 255}.{mixed & 255}"


def signatures_of(sender, domain, dkim):
    # how many signatures real rows carry
    count = (0, 1, 1, 2, 2, 2, 2, 3)[sender % 8]
    return "".join(
        SIGNATURE.format(domain=domain if i == 0 else f"sender{sender}.example", selector=sender % 10, dkim=dkim)
        for i in range(count)
    )


def make_row(chance, domain):
    if chance.random() < 0.25:
        fields = {"source": address(chance.randint(ADDRESSES, 1 << 31)), "dkim": "fail", "spf": "fail", "signatures": "",
                  "envelope": domain}
    else:
        number = int((ADDRESSES + 1) ** chance.random()) - 1
        sender = number % SENDERS
        dkim = "pass" if chance.random() < 0.9 else "fail"
        fields = {"source": address(number), "dkim": dkim, "spf": "pass" if chance.random() < 0.7 else "fail",
                  "signatures": signatures_of(sender, domain, dkim), "envelope": f"bounce{sender}.{domain}"}
    count = 1 if chance.random() < 0.6 else int(chance.paretovariate(0.9))
    return ROW.format(domain=domain, count=count, **fields)


def main():
    folder, reports, rows = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    domains = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    chance = random.Random(SEED)
    folder.mkdir(parents=True)
    for number in range(reports):
        domain = f"d{number % domains}.example"
        begin = 1767225600 + number // (domains * 20) % 400 * DAY
        with open(folder / f"{number:05}.xml", "w", encoding="ascii") as out:
            out.write(HEAD.format(reporter=number // domains % 20, number=number, domain=domain, begin=begin,
                                  end=begin + DAY - 1))
            for _ in range(rows):
                out.write(make_row(chance, domain))
            out.write("</feedback>\n")


if __name__ == "__main__":
    main()
