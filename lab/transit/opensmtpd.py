# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""OpenSMTPD: its paths and users are compiled in, so there is one of it."""

import shutil
import subprocess
from pathlib import Path

CHROOT = Path("/var/lib/opensmtpd/empty")
SPOOL = Path("/var/spool/smtpd")


class Daemon:
    """HOSTS: [(setup, PEM file)]."""

    def __init__(self, folder, hosts):
        self.folder = folder
        self.process = None
        folder.mkdir()
        CHROOT.mkdir(parents=True)
        for name in ("", "queue", "corrupt", "incoming", "temporary", "purge", "offline"):
            (SPOOL / name).mkdir(mode=0o700)
            shutil.chown(SPOOL / name, user="opensmtpq")
        shutil.chown(SPOOL, user="root")
        SPOOL.chmod(0o711)
        shutil.chown(SPOOL / "offline", user="root", group="opensmtpq")
        (SPOOL / "offline").chmod(0o770)
        (folder / "smtpd.conf").write_text("".join(self.lines(hosts)), encoding="ascii")

    def lines(self, hosts):
        for setup, pem in hosts:
            key = self.folder / f"{setup.name}.key"
            shutil.copyfile(pem, key)
            key.chmod(0o600)
            yield f'pki {setup.host} cert "{key}"\npki {setup.host} key "{key}"\n'
            yield f"listen on {setup.address} port 25 tls pki {setup.host} hostname {setup.host}\n"
        yield "match from any for any reject\n"

    def start(self):
        with open(self.folder / "out", "wb") as out:
            words = ["smtpd", "-d", "-f", str(self.folder / "smtpd.conf")]
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def stop(self):
        self.process.terminate()
        self.process.wait()
