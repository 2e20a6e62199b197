# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Reports for the pages of senders and plan: an organisation's mail of two months, as mails in a folder.

usage: reports.py FOLDER KIND       KIND: council, good, broken, few, hostile
"""
import json
import sys
from pathlib import Path
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reports"))
import streams as mail  # noqa: E402

HOST = "mx.northmere.example"
DOMAIN = "northmere.example"
RECORD = """<record><row><source_ip>{source}</source_ip><count>{count}</count><policy_evaluated><disposition>{disposition}</disposition>
<dkim>{dkim}</dkim><spf>{spf}</spf></policy_evaluated></row><identifiers><header_from>{header_from}</header_from></identifiers>
<auth_results>{signatures}<spf><domain>{envelope}</domain><result>{spf_result}</result></spf></auth_results></record>"""
REPORT = """<?xml version="1.0"?><feedback><report_metadata><org_name>{reporter}</org_name><email>noreply@{reporter}</email>
<report_id>{id}</report_id><date_range><begin>{begin}</begin><end>{end}</end></date_range></report_metadata><policy_published>
<domain>{domain}</domain><p>{policy}</p></policy_published>{records}</feedback>"""
FORGED = "noreply@reports-{kind}.example"
LONG = "<script>document.title='owned'</script>\"'&amp;" + "x" * 300


def record(key, count, is_hostile):
    _, source, disposition, dkim, spf, header_from, envelope, spf_result, signatures, _ = key
    listed = "".join(f"<dkim><domain>{escape(d)}</domain><selector>{escape(LONG) if is_hostile else s}</selector>"
                     f"<result>{result}</result></dkim>" for result, d, s in signatures)
    return RECORD.format(source=source, count=count, disposition=disposition, dkim="pass" if dkim else "fail",
                         spf="pass" if spf else "fail", header_from=header_from, signatures=listed,
                         envelope=escape(LONG) if is_hostile and not dkim else envelope, spf_result=spf_result)


def wrap(text, sender, result, name="report.xml"):
    return (f"Authentication-Results: {HOST}; dmarc={result} header.from={sender.split('@')[1]}\r\nFrom: {sender}\r\n"
            f"To: dmarc@{DOMAIN}\r\nSubject: Report Domain: {DOMAIN}\r\nDate: Wed, 25 Nov 2026 01:00:00 +0000\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: application/{'json' if name.endswith('json') else 'xml'}; name={name}\r\n\r\n{text}")


def tls():
    failures = [("certificate-host-mismatch", 41, "mx1"), ("starttls-not-supported", 7, "mx2"), ("sts-policy-fetch-error", 2, "mx1")]
    details = [{"result-type": word, "receiving-mx-hostname": f"{mx}.{DOMAIN}", "failed-session-count": count}
               for word, count, mx in failures]
    return json.dumps({"organization-name": "google.com", "contact-info": "tls@google.com", "report-id": "tls-1",
                       "date-range": {"start-datetime": "2026-11-20T00:00:00Z", "end-datetime": "2026-11-20T23:59:59Z"},
                       "policies": [{"policy": {"policy-type": "sts", "policy-domain": DOMAIN},
                                     "summary": {"total-successful-session-count": 5120, "total-failure-session-count": 50},
                                     "failure-details": details}]})


def main(folder, kind):
    days = 5 if kind == "few" else 60
    streams, rng = mail.world(3, domain=DOMAIN, broken={"council": "service", "broken": "server"}.get(kind))
    made = mail.reports(streams, rng, domain=DOMAIN, days=days)
    first = mail.NOW // mail.DAY - days
    for number, ((day, reporter), rows) in enumerate(sorted(made.items())):
        begin = (first + day) * mail.DAY
        records = "".join(record(key, count, kind == "hostile") for key, count in rows.items())
        text = REPORT.format(reporter=reporter, id=f"{reporter}-{day}", begin=begin, end=begin + mail.DAY - 1, domain=DOMAIN,
                             policy="none", records=records)
        is_forged = kind in ("council", "hostile") and number % 60 == 7
        sender = FORGED.format(kind=kind) if is_forged else f"noreply@{reporter}"
        (folder / f"{number}.eml").write_text(wrap(text, sender, "pass"))
    if kind == "council":
        (folder / "tls.eml").write_text(wrap(tls(), "tls@google.com", "fail", "tls.json").replace("dmarc=fail", "dkim=pass header.d=google.com; dmarc=pass"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
