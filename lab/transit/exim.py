# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Exim with GnuTLS: a second TLS library, and suites that Debian's OpenSSL no longer has."""

import shutil
import subprocess

# By personality: options of the main section and of what is done with a recipient.
NORMAL = "NORMAL"
OLD = "NORMAL:%COMPAT:+VERS-TLS1.0:+VERS-TLS1.1:+3DES-CBC:+ARCFOUR-128:+SIGN-RSA-SHA1"  # as on old appliances
VARIANTS = {
    "normal": {},
    "old": {"ciphers": OLD},
    "grey": {"verb": "defer message = greylisted, come back later"},
    "narrow": {"per_host": "1"},  # one connection a client at a time
}

CONFIGURATION = """primary_hostname = {host}
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/pid
exim_user = Debian-exim
exim_group = Debian-exim
never_users =
local_interfaces = {address}
daemon_smtp_ports = 25
tls_advertise_hosts = *
tls_certificate = {folder}/pem
tls_privatekey = {folder}/pem
tls_require_ciphers = {ciphers}
smtp_accept_max = 20
smtp_accept_max_per_host = {per_host}
host_lookup =
rfc1413_query_timeout = 0s
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  {verb}
begin routers
all:
  driver = accept
  transport = away
begin transports
away:
  driver = appendfile
  file = /dev/null
  user = Debian-exim
"""


class Daemon:
    """One host. PEM: key and chain."""

    def __init__(self, folder, setup, pem):
        self.folder = folder
        self.process = None
        (folder / "spool").mkdir(parents=True)
        shutil.copyfile(pem, folder / "pem")
        for path in (folder, folder / "spool", folder / "pem"):
            shutil.chown(path, user="Debian-exim")
        values = {"ciphers": NORMAL, "per_host": "", "verb": "accept", **VARIANTS[setup.personality]}
        text = CONFIGURATION.format(folder=folder, host=setup.host, address=setup.address, **values)
        (folder / "exim.conf").write_text(text, encoding="ascii")

    def start(self):
        """In the foreground: a child of the first process of a namespace would not leave it anyway."""
        with open(self.folder / "out", "wb") as out:
            words = ["exim4", "-C", str(self.folder / "exim.conf"), "-bdf"]
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def stop(self):
        self.process.kill()
        self.process.wait()
