# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Two mail servers as Debian ships them, for measuring: each counts the connections it gets. Only inside lab/transit/namespace.py."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lab" / "transit"))
# pylint: disable=wrong-import-position
import pki  # noqa: E402
import postfix  # noqa: E402

EXIM = """primary_hostname = mx.exim.example
local_interfaces = {address}
daemon_smtp_ports = 25
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/pid
log_selector = +smtp_connection
host_lookup =
smtp_accept_max = 400
smtp_accept_max_per_host = 400
tls_advertise_hosts = *
tls_certificate = {pem}
tls_privatekey = {pem}
acl_smtp_rcpt = deny
begin acl
deny:
  deny
"""
SETTLE_SECONDS = 0.5  # for a log line to be written
TRIES = 20


class Postfix:
    """Stock settings and an ECDSA certificate. modern: as current advice has it."""

    def __init__(self, folder, address, authority, modern=False):
        self.name = "Postfix, modern" if modern else "Postfix, stock"
        self.address = address
        host = "mx.modern.example" if modern else "mx.stock.example"
        options = {"myhostname": host, "smtpd_tls_chain_files": authority.certificate(host, "good")}
        if modern:
            options |= {"smtpd_tls_protocols": ">=TLSv1.2", "tls_medium_cipherlist": "ECDHE+AESGCM:ECDHE+CHACHA20"}
        self.instance = postfix.receiver(folder, {address: options})
        self.instance.start()

    def connections(self):
        time.sleep(SETTLE_SECONDS)
        return self.instance.log().count(": connect from ")


class Exim:
    """Debian's Exim with GnuTLS."""

    def __init__(self, folder, address, authority):
        self.name = "Exim"
        self.address = address
        self.log = folder / "mainlog"
        for path in (folder, folder / "spool"):
            path.mkdir()
            shutil.chown(path, user="Debian-exim", group="Debian-exim")
        pem = folder / "mx.pem"
        shutil.copyfile(authority.certificate("mx.exim.example", "good"), pem)
        shutil.chown(pem, user="Debian-exim")
        config = folder / "exim.conf"
        config.write_text(EXIM.format(folder=folder, address=address, pem=pem), encoding="ascii")
        # Ends with the namespace; as a child of its first process it would not go to the background either.
        subprocess.Popen(["exim4", "-C", str(config), "-bdf"])
        self.wait()

    def wait(self):
        for _ in range(TRIES):
            try:
                socket.create_connection((self.address, 25), timeout=1).close()
                return
            except OSError:
                time.sleep(SETTLE_SECONDS)
        raise OSError(f"exim does not answer: {self.log.read_text(errors='replace') if self.log.exists() else 'no log'}")

    def connections(self):
        time.sleep(SETTLE_SECONDS)
        return self.log.read_text(errors="replace").count("(TCP/IP connection count = ")


def start(folder):
    """All of them, at addresses of their own."""
    folder.mkdir()
    folder.chmod(0o755)
    authority = pki.Authority(folder / "pki")
    (folder / "pki").chmod(0o755)
    return [
        Postfix(folder / "stock", "198.51.100.1", authority),
        Postfix(folder / "modern", "198.51.100.2", authority, modern=True),
        Exim(folder / "exim", "198.51.100.3", authority),
    ]
