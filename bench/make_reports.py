#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Make aggregate reports as a big provider writes them: make_reports.py FOLDER REPORTS ROWS_EACH"""
import random
import sys
from pathlib import Path

SEED = 20260901
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<feedback>
  <report_metadata>
    <org_name>reporter.example</org_name>
    <email>noreply@reporter.example</email>
    <report_id>{number}</report_id>
    <date_range>
      <begin>1767225600</begin>
      <end>1767311999</end>
    </date_range>
  </report_metadata>
  <policy_published>
    <domain>example.com</domain>
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
      <envelope_from>bounce.example.com</envelope_from>
      <header_from>example.com</header_from>
    </identifiers>
    <auth_results>
{signatures}      <spf>
        <domain>bounce.example.com</domain>
        <scope>mfrom</scope>
        <result>{spf}</result>
      </spf>
    </auth_results>
  </record>
"""
SIGNATURE = """      <dkim>
        <domain>sender{domain}.example</domain>
        <selector>s{selector}</selector>
        <result>{dkim}</result>
      </dkim>
"""


def write_row(out, chance):
    dkim = "pass" if chance.random() < 0.85 else "fail"
    # how many signatures real rows carry
    count = chance.choices(range(5), weights=(2, 28, 53, 15, 2))[0]
    signatures = "".join(
        SIGNATURE.format(domain=chance.randint(1, 12), selector=chance.randint(1, 10), dkim=dkim) for _ in range(count)
    )
    source = ".".join(str(chance.randint(1, 223)) for _ in range(4))
    messages = 1 if chance.random() < 0.6 else int(chance.paretovariate(0.9))
    out.write(
        ROW.format(
            source=source,
            count=messages,
            dkim=dkim,
            spf="pass" if chance.random() < 0.55 else "fail",
            signatures=signatures,
        )
    )


def main():
    folder, reports, rows = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(SEED)
    folder.mkdir(parents=True)
    for number in range(reports):
        with open(folder / f"{number:05}.xml", "w", encoding="ascii") as out:
            out.write(HEAD.format(number=number))
            for _ in range(rows):
                write_row(out, chance)
            out.write("</feedback>\n")


if __name__ == "__main__":
    main()
