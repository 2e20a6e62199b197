# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Ends an ingest without warning at random moments, again and again, until it once gets through."""
import os
import random
import signal
import subprocess
import time

XML = """<?xml version="1.0"?><feedback><report_metadata><org_name>{reporter}</org_name><email>a@{reporter}</email>
<report_id>{number}</report_id><date_range><begin>{begin}</begin><end>{end}</end></date_range></report_metadata>
<policy_published><domain>example.org</domain><p>none</p></policy_published>{rows}</feedback>"""
ROW = """<record><row><source_ip>192.0.2.{octet}</source_ip><count>{count}</count><policy_evaluated><disposition>none
</disposition><dkim>pass</dkim><spf>pass</spf></policy_evaluated></row><identifiers><header_from>example.org</header_from>
</identifiers><auth_results><dkim><domain>example.org</domain><selector>s{count}</selector><result>pass</result></dkim>
<spf><domain>example.org</domain><result>pass</result></spf></auth_results></record>"""


def make_reports(folder, files, rows):
    """Returns (reports, rows, messages) that the folder holds."""
    folder.mkdir()
    messages = 0
    for number in range(files):
        counts = [number % 7 + i % 5 + 1 for i in range(rows)]
        messages += sum(counts)
        begin = 1793577600 + number % 20 * 86400
        text = "".join(ROW.format(octet=i % 250 + 1, count=count) for i, count in enumerate(counts))
        (folder / f"{number}.xml").write_text(XML.format(reporter=f"r{number % 5}.example", number=number // 40, begin=begin,
                                                         end=begin + 86399, rows=text))
    return files, files * rows, messages


def ingest_with_kills(program, location, folder, kills, seed, extra=()):
    """Starts the program on the folder and kills it, `kills` times; then lets it finish."""
    rng = random.Random(seed)
    command = [program, "ingest", str(folder), "--db", str(location), "--quiet", *map(str, extra)]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    for _ in range(kills):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait()
    return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=120)
