# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""`mailseal watch`: what changed is told, once, by webhook, mail and command, whatever state the receiver is in."""
import base64
import email
import email.policy
import hashlib
import hmac
import json
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from watching import AGAIN_SECONDS, PROGRAM, Receiver, arguments, labs_of, look, told, watch, write_list

SECRET = "a secret of this test"
ZONE = """$ORIGIN {name}.
$TTL 60
@ SOA ns.lab. hostmaster.lab. 1 7200 900 1209600 300
@ NS ns.lab.
@ MX 0 .
@ TXT "v=spf1 -all"
_dmarc TXT "v=DMARC1; p={policy}"
"""
FALLING = [f"falling{i}.example" for i in range(3)]
RISING = ["rising.example"]
STEADY = ["steady.example"]
NAMES = FALLING + RISING + STEADY


def zones(falling, rising):
    policies = {**dict.fromkeys(FALLING, falling), **dict.fromkeys(RISING, rising), **dict.fromkeys(STEADY, "reject")}
    return {name: ZONE.format(name=name, policy=policy) for name, policy in policies.items()}


@pytest.fixture(scope="module")
def labs(tmp_path_factory):
    """Two labs: the zones as they were, and as they are after three fell and one rose."""
    with labs_of(tmp_path_factory.mktemp("watch"), [zones("reject", "none"), zones("none", "reject")]) as pair:
        yield pair


@pytest.fixture
def database(labs, tmp_path):
    """An estate whose domains were all looked at once, with the list beside it."""
    write_list(tmp_path, NAMES)
    path = tmp_path / "estate.db"
    look(labs[0], path, "--notify", "exec:exit 0")
    return path


def register(lab, database, url):
    """Makes a channel known before anything happens."""
    look(lab, database, "--notify", url)


EXPECTED = sorted([("worse", name) for name in FALLING] + [("better", name) for name in RISING])


def test_changes_are_told_once_signed_and_with_advice(labs, database):
    secret = database.parent / "secret"
    secret.write_text(SECRET + "\n", encoding="utf-8")
    with Receiver([(200, 0)]) as receiver:
        register(labs[0], database, receiver.url)
        assert receiver.requests == []
        finished = watch(labs[1], database, "--notify", receiver.url, "--secret-file", str(secret))
        assert finished.returncode == 0, finished.stderr
        assert told(receiver.accepted()) == EXPECTED
        assert len(receiver.requests) == 1, "what happens together is told together"
        headers, body, _ = receiver.requests[0]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == "v1," + digest
        worse = next(notice for notice in receiver.accepted() if notice["kind"] == "worse")
        assert worse["owner"] == "Ada" and worse["group"] == "Councils"
        assert any("p=reject" in line and "p=none" in line for line in worse["changes"])
        new = [finding for finding in worse["findings"] if finding["change"] == "new"]
        assert "dmarc-policy-none" in {finding["id"] for finding in new}
        assert all(finding["recommendation"] and finding["implementation"] for finding in new)
        time.sleep(AGAIN_SECONDS)
        assert watch(labs[1], database, "--notify", receiver.url).returncode == 0
        assert len(receiver.requests) == 1, "nothing changed since"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_receiver_that_is_down_loses_nothing(labs, database):
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    register(labs[0], database, url)
    finished = watch(labs[1], database, "--notify", url)
    assert finished.returncode == 0
    assert "again in" in finished.stderr
    with Receiver([(200, 0)], port) as receiver:
        time.sleep(AGAIN_SECONDS)
        assert watch(labs[1], database, "--notify", url).returncode == 0
        assert told(receiver.accepted()) == EXPECTED
        time.sleep(AGAIN_SECONDS)
        assert watch(labs[1], database, "--notify", url).returncode == 0
        assert told(receiver.accepted()) == EXPECTED, "no duplicate"


def test_running_watch_gets_through_errors_and_slowness(labs, database):
    """A receiver that answers 500 twice, then takes its time: one message, one id, told once."""
    with Receiver([(500, 0), (500, 0), (200, 3)]) as receiver:
        register(labs[0], database, receiver.url)
        process = subprocess.Popen(arguments(labs[1], database, "--notify", receiver.url),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            deadline = time.monotonic() + 40
            while len(receiver.requests) < 3 and time.monotonic() < deadline:
                time.sleep(0.2)
            time.sleep(6)
        finally:
            process.terminate()
            process.communicate(timeout=30)
        assert [status for _, _, status in receiver.requests] == [500, 500, 200]
        assert len({headers["webhook-id"] for headers, _, _ in receiver.requests}) == 1
        assert told(receiver.accepted()) == EXPECTED


def test_command_gets_the_json(labs, database):
    out = database.parent / "told.json"
    channel = f"exec:cat > {out}; echo $MAILSEAL_NOTICE_ID > {out}.id"
    register(labs[0], database, channel)
    assert not out.exists()
    assert watch(labs[1], database, "--notify", channel).returncode == 0
    message = json.loads(out.read_text(encoding="utf-8"))
    assert told(message["notices"]) == EXPECTED
    assert Path(f"{out}.id").read_text(encoding="utf-8").strip() == message["id"]


def test_command_that_fails_is_called_again(labs, database):
    flag = database.parent / "flag"
    out = database.parent / "told.json"
    channel = f"exec:test -e {flag} && cat > {out}"
    register(labs[0], database, channel)
    assert "ended with 1" in watch(labs[1], database, "--notify", channel).stderr
    flag.touch()
    time.sleep(AGAIN_SECONDS)
    assert watch(labs[1], database, "--notify", channel).returncode == 0
    assert told(json.loads(out.read_text(encoding="utf-8"))["notices"]) == EXPECTED


def serve_smtp(server, mails):
    """Takes mail in the simplest way that is a mail server."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb") as stream:
            def say(line, stream=stream):
                stream.write(line + b"\r\n")
                stream.flush()
            say(b"220 mail.example ESMTP")
            while line := stream.readline():
                verb = line.split()[0].upper() if line.split() else b""
                if verb == b"DATA":
                    say(b"354 go on")
                    body = b""
                    while (text := stream.readline()) not in (b".\r\n", b""):
                        body += text[1:] if text.startswith(b".") else text
                    mails.append(email.message_from_bytes(body, policy=email.policy.default))
                    say(b"250 taken")
                elif verb == b"QUIT":
                    say(b"221 bye")
                    break
                else:
                    say(b"250 ok")


def test_mail_is_readable(labs, database):
    mails = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve_smtp, args=(server, mails), daemon=True).start()
        channel = ["--notify", "mailto:admin@council.example", "--smtp", f"smtp://127.0.0.1:{server.getsockname()[1]}",
                   "--mail-from", "mailseal@council.example"]
        finished = watch(labs[0], database, *channel)
        assert finished.returncode == 0, finished.stderr
        time.sleep(AGAIN_SECONDS)
        finished = watch(labs[1], database, *channel)
        assert finished.returncode == 0, finished.stderr
    assert len(mails) == 1
    mail = mails[0]
    assert mail["To"] == "<admin@council.example>" or mail["To"].addresses[0].addr_spec == "admin@council.example"
    assert mail["Subject"] == "mailseal: 4 notices about your domains"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert "falling0.example got worse" in text
    assert "What to do:" in text
    assert "rising.example got better" in text


@pytest.mark.parametrize("args,words", [
    (["--notify", "ftp://example.org"], "is not https://"),
    (["--notify", "mailto:a@b.example"], "needs --smtp"),
    (["--every", "soon"], "is not a time span"),
])
def test_wrong_options_are_explained(labs, database, args, words):
    finished = watch(labs[0], database, *args)
    assert finished.returncode == 2
    assert words in finished.stderr


def test_unknown_is_looked_at_again_sooner(labs, database):
    """Against a resolver that is not there nothing is told: a fault of the network is no change of a domain."""
    with Receiver([(200, 0)]) as receiver:
        register(labs[0], database, receiver.url)
        gone = shutil.copy(database, database.parent / "copy.db")
        finished = subprocess.run(
            [PROGRAM, "watch", "--run", "domains.csv", "--once", "--db", str(gone), "--dns-only", "--every", "1h", "--retry", "1s",
             "--resolver", f"127.0.0.1@{free_port()}", "--trust-anchor", "none", "--notify", receiver.url],
            capture_output=True, text=True, timeout=240, check=False)
        assert finished.returncode == 0, finished.stderr
        assert receiver.requests == []
        history = json.loads(subprocess.run([PROGRAM, "history", FALLING[0], "--db", str(gone), "--json"], capture_output=True,
                                            text=True, timeout=60, check=True).stdout)
        assert history["known"]["spoofable"] == "no", "the last good answer stands"
        assert history["known"]["spoofable_known_at"] < history["last_checked_at"]
