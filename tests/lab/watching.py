# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""What tests of `mailseal watch` share: zones as they are before and after, the command, a webhook's receiver."""
import contextlib
import http.server
import json
import os
import subprocess
import threading
import time
from pathlib import Path

import pytest
from conftest import running

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
# All domains are due again after so long.
AGAIN_SECONDS = 1.1


@contextlib.contextmanager
def labs_of(place, worlds):
    """A lab for each world, a map of zone name to text."""
    with contextlib.ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        running_labs = []
        for number, zones in enumerate(worlds):
            folder = place / str(number) / "zones" / "moj"
            folder.mkdir(parents=True)
            for name, text in zones.items():
                (folder / f"{name}.zone").write_text(text, encoding="utf-8")
            patch.setenv("MAILSEAL_SHARED_DATA", str(place / str(number)))
            running_labs.append(stack.enter_context(running(place / f"lab-{number}", "stub")))
        yield running_labs


def write_list(folder, names):
    (folder / "domains.csv").write_text(
        "domain,owner,group\n" + "".join(f"{name},Ada,Councils\n" for name in names), encoding="utf-8")


def arguments(lab, database, *more, dns_only=True):
    """The list lies beside the database."""
    return [PROGRAM, "watch", str(database.parent / "domains.csv"), "--db", str(database), "--every", "1s", "--gather", "1s",
            "--resolver", lab.resolver, "--trust-anchor", str(lab.trust_anchor), *(["--dns-only"] if dns_only else []),
            *map(str, more)]


def watch(lab, database, *more, dns_only=True):
    return subprocess.run(arguments(lab, database, "--once", *more, dns_only=dns_only), capture_output=True, text=True, timeout=120,
                          check=False)


def look(lab, database, *more, dns_only=True):
    """One look at all domains, and the time until they are due again."""
    finished = watch(lab, database, *more, dns_only=dns_only)
    assert finished.returncode == 0, finished.stderr
    time.sleep(AGAIN_SECONDS)


class Receiver:
    """A webhook's receiver that answers as told: a list of (status, seconds to wait), the last for ever."""

    def __init__(self, answers=((200, 0),), port=0):
        self.answers = list(answers)
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, wait = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                outer.requests.append((dict(self.headers), body, status))
                time.sleep(wait)
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def accepted(self):
        """The notices of all messages that were answered with 200, in order."""
        return [notice for _, body, status in self.requests if status == 200 for notice in json.loads(body)["notices"]]

    def take(self):
        """The same, and forgets them."""
        notices = self.accepted()
        self.requests.clear()
        return notices


def told(notices):
    return sorted((notice["kind"], notice["domain"]) for notice in notices)
