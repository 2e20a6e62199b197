#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""espoofer's 22 forged messages: each must be named for what it is.

NAMED says which word must appear: an anomaly of the message, "path-..." for a MAIL FROM that is no address, or the reason
a signature is refused. A1 and nothing else is an ordinary message but for its envelope, which SPF judges: MAIL FROM's
domain does not exist, and a pass of HELO must not count for it.
"""

import json
import sys

import suite

CASES = 22
NAMED = {
    "server_a1": {"path-ok"},
    "server_a2": {"path-local-part"},
    "server_a3": {"permerror:syntax"},
    "server_a4": {"permerror:domain"},
    "server_a5": {"path-domain"},
    "server_a6": {"path-several-at"},
    "server_a7": {"path-route"},
    "server_a8": {"from-several"},
    "server_a9": {"from-hidden", "from-several"},
    "server_a10": {"from-several", "name-space"},
    "server_a11": {"from-several", "name-folded"},
    "server_a12": {"name-folded"},
    "server_a13": {"name-folded", "sender-differs"},
    "server_a14": {"from-mailboxes", "sender-differs"},
    "server_a15": {"from-encoded"},
    "server_a16": {"from-route"},
    "server_a17": {"from-quoted-pair"},
    "server_a18": {"from-mailboxes"},
    "server_a19": {"from-after-address"},
    "client_a1": {"from-several"},
    "client_a2": {"from-mailboxes"},
    "client_a3": {"sender-differs"},
}


def message(case):
    """The message as espoofer sends it; a signature of it cannot be made without the attacker's key."""
    text = ""
    if case["dkim"]:
        tags = case["dkim"]
        text += (f"DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d={tags['d']}; s={tags['s']}; "
                 "h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n")
    text += case["from_header"] + case["to_header"] + case["subject_header"]
    text += "".join(header + "\r\n" for header in case["sender_headers"])
    return (text + "\r\nHi.\r\n").encode("latin-1")


def main():
    program, default_folder = sys.argv[1:]
    path = suite.folder(default_folder, "conformance/espoofer/cases.json")
    if path is None:
        print(f"skipped: {CASES} cases, because they are not there")
        return suite.SKIP
    cases = json.loads(path.read_text(encoding="utf-8"))
    lines = ["now 1795444200"]
    for case in cases:
        lines.append("path " + case["mailfrom"].encode("latin-1").hex())
        lines.append("message " + message(case).hex())
    answers = suite.run(program, lines)
    split = suite.run(program, ["chunk 1"] + lines)
    failures = [f"FAILED: fed octet by octet it is {b}, not {a}" for a, b in zip(answers, split) if a != b]
    for case, path_answer, answer in zip(cases, answers[::2], answers[1::2]):
        missing = NAMED[case["id"]] - set(path_answer.split()) - set(answer.split())
        if missing or "pass:ok" in answer:
            failures.append(f"FAILED {case['id']}: {missing} not named: {path_answer}; {answer}")
    return suite.report(len(cases), failures)


if __name__ == "__main__":
    sys.exit(main())
