# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Certificates for policy hosts and mail hosts on loopback, by the authority of the transit lab."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lab" / "transit"))
import pki  # noqa: E402


class Authority(pki.Authority):
    """trust is the file to trust; leaf() gives a PEM file with key and certificate."""

    def __init__(self, folder):
        folder.mkdir(exist_ok=True)
        super().__init__(folder / "pki")
        self.trust = self.root
        self.made = {}

    def leaf(self, name, begin=-1, end=30, self_signed=False):
        """For one name or several with commas, valid from `begin` to `end`, in days from now."""
        asked = (name, begin, end, self_signed)
        if asked not in self.made:
            stem = f"leaf{len(self.made)}"
            key = self.key("ec")
            issuer = None if self_signed else "root"
            certificate = self.issue(stem, "leaf", key, name.split(","), issuer, (begin, end))
            self.made[asked] = self.path(stem, "pem")
            self.made[asked].write_bytes(key.read_bytes() + certificate.read_bytes())
        return self.made[asked]
