# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A Dovecot of our own on loopback, for as long as a test runs."""
import contextlib
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

USER, PASSWORD = "reports@example.org", 'p"ss w\\rd'
CONFIG = """
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{place}/server.pem
ssl_key = <{place}/server.key
ssl_dh =
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{place}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {place}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={place}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(place, name):
    """A certificate for localhost, which signs itself."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", f"subjectAltName=DNS:{name}", "-keyout", place / "server.key",
                    "-out", place / "server.pem"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Server:
    process = None

    def __init__(self, place, port, plain):
        self.place, self.port, self.plain = place, port, plain
        self.ca = place / "server.pem"
        self.password_file = place / "password"
        self.password_file.write_text(PASSWORD + "\n")

    def url(self, mailbox="INBOX", user=USER, host="localhost"):
        return f"imaps://{user.replace('@', '%40')}@{host}:{self.port}/{mailbox}"

    def options(self):
        return ["--password-file", self.password_file, "--ca-file", self.ca]

    @contextlib.contextmanager
    def client(self):
        context = ssl.create_default_context(cafile=str(self.ca))
        client = imaplib.IMAP4_SSL("localhost", self.port, ssl_context=context)
        client.login(USER, PASSWORD)
        try:
            yield client
        finally:
            client.logout()

    def put(self, messages, mailbox="INBOX"):
        with self.client() as client:
            client.create(mailbox)
            for message in messages:
                status, answer = client.append(f'"{mailbox}"', None, None, message)
                assert status == "OK", answer

    def flags(self, mailbox="INBOX"):
        """[flags] of all messages, in order; None when there is no such mailbox."""
        with self.client() as client:
            status, count = client.select(f'"{mailbox}"', readonly=True)
            if status != "OK":
                return None
            if count == [b"0"]:
                return []
            found = client.fetch("1:*", "(FLAGS)")[1]
            return [line.decode() for line in found if line is not None]


@contextlib.contextmanager
def server():
    """Yields a Server, or None where Dovecot is not installed."""
    program = shutil.which("dovecot", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        yield None
        return
    place = Path(tempfile.mkdtemp(prefix="mailseal-imap-", dir="/tmp"))
    user = pwd.getpwuid(os.geteuid()) if os.geteuid() != 0 else pwd.getpwnam("nobody")
    group = subprocess.run(["id", "-gn", user.pw_name], capture_output=True, text=True, check=True).stdout.strip()
    one = Server(place, free_port(), free_port())
    process = None
    try:
        make_certificate(place, "localhost")
        (place / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        (place / "mail").mkdir()
        (place / "conf").write_text(CONFIG.format(place=place, user=user.pw_name, group=group, uid=user.pw_uid,
                                                  gid=user.pw_gid, port=one.port, plain=one.plain))
        for path in [place, *place.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
            if os.geteuid() == 0 and path.name in ("mail",):
                os.chown(path, user.pw_uid, user.pw_gid)
        process = subprocess.Popen([program, "-F", "-c", place / "conf"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        one.process = process
        wait_for(one, process)
        yield one
    finally:
        if process is not None:
            process.terminate()
            process.wait(timeout=20)
        shutil.rmtree(place, ignore_errors=True)


def wait_for(one, process):
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", one.port), timeout=1):
            return
        assert process.poll() is None, (one.place / "log").read_text() if (one.place / "log").exists() else "no log"
        time.sleep(0.05)
    raise AssertionError("Dovecot does not answer")
