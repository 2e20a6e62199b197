# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""`mailseal scan` over every zone of the lab at once says of each what `mailseal check` says of it alone."""
import concurrent.futures
import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
NOW = "2026-11-23T12:00:00Z"
TOGETHER = 10  # domains of one check
CHECKS = 6  # at once
# What stands in a line of a scan and in no result of a check.
OWN_KEYS = {"owner", "group", "observed_from", "observed_to", "mail_servers_from", "incomplete", "schema", "version"}


def run(lab, *args):
    finished = subprocess.run(
        [PROGRAM, *args[:1], "--dns-only", "--now", NOW, "--resolver", lab.resolver, "--trust-anchor", str(lab.trust_anchor), *args[1:]],
        capture_output=True, text=True, timeout=300, check=False)
    assert finished.returncode in (0, 1, 3), finished.stderr
    return finished.stdout


def check_all(lab, names):
    batches = [names[at:at + TOGETHER] for at in range(0, len(names), TOGETHER)]
    with concurrent.futures.ThreadPoolExecutor(CHECKS) as pool:
        for text in pool.map(lambda batch: run(lab, "check", "--json", *batch), batches):
            yield from json.loads(text)["results"]


def without_trouble(result):
    """What two runs must agree on even when a server did not answer: by which fault it failed is a matter of time."""
    return (result["domain"], result["kind"], result["summary"]["spoofable"],
            sorted((row["control"], row["subject"]) for row in result["unknown"]))


def test_scan_says_what_check_says(lab, tmp_path):
    names = sorted({zone["name"].rstrip(".") for zone in lab.zones if zone["origin"] in ("own", "real")})
    names = [name for name in names if "." in name]
    (tmp_path / "list.txt").write_text("\n".join(names) + "\n")
    checked = {result["domain"]: result for result in check_all(lab, names)}
    scanned = [json.loads(line) for line in run(lab, "scan", str(tmp_path / "list.txt")).splitlines()]
    assert sorted(result["domain"] for result in scanned) == names
    wrong = []
    for result in scanned:
        expected = checked[result["domain"]]
        same = {key: value for key, value in result.items() if key not in OWN_KEYS}
        if result["incomplete"]:
            same, expected = without_trouble(same), without_trouble(expected)
        if same != expected:
            wrong.append(result["domain"])
    assert not wrong
    assert len(names) > 300


def test_a_list_without_a_domain_says_nothing_about_the_resolver(lab, tmp_path):
    (tmp_path / "list.txt").write_text("# nothing yet\n")
    options = ["--dns-only", "--resolver", lab.resolver, "--trust-anchor", str(lab.trust_anchor)]
    finished = subprocess.run([PROGRAM, "scan", *options, tmp_path / "list.txt"], capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 3
    assert finished.stderr == "mailseal: note: there was no domain in the list\n"


def test_a_reader_that_has_seen_enough_ends_a_scan(lab, tmp_path):
    (tmp_path / "list.txt").write_text("good-signed.org\nparked-good.org\n")
    command = ('"$0" scan --dns-only --resolver "$1" --trust-anchor "$2" "$3" | true; echo "${PIPESTATUS[0]}"')
    finished = subprocess.run(["bash", "-c", command, PROGRAM, lab.resolver, lab.trust_anchor, tmp_path / "list.txt"],
                              capture_output=True, text=True, timeout=60, check=False)
    assert finished.stdout == "141\n"
    assert finished.stderr == ""
