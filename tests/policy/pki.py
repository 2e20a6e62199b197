# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A certificate authority for tests: leaves of every kind, good and bad, made by the openssl program."""
import datetime
import subprocess

CONFIG = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
certificate = {folder}/ca.crt
private_key = {folder}/ca.key
default_md = sha256
policy = any
copy_extensions = copyall
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
"""


def openssl(*args):
    subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True)


def date(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")


class Authority:
    """trust is the file to trust; leaf() gives a PEM file with key and certificate."""

    def __init__(self, folder):
        self.folder = folder
        self.trust = folder / "ca.crt"
        self.made = {}
        (folder / "index.txt").write_text("")
        (folder / "serial").write_text("1000\n")
        self.config = folder / "ca.cnf"
        self.config.write_text(CONFIG.format(folder=folder))
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / "ca.key",
                "-out", self.trust, "-subj", "/CN=Lab Authority", "-days", "3650", "-config", self.config, "-extensions",
                "authority")

    def leaf(self, name, begin=-1, end=30, self_signed=False):
        """For one name or several with commas, valid from `begin` to `end`, in days from now."""
        asked = (name, begin, end, self_signed)
        if asked not in self.made:
            self.made[asked] = self.make(f"leaf{len(self.made)}", *asked)
        return self.made[asked]

    def make(self, stem, name, begin, end, self_signed):
        path = self.folder / stem
        request = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{path}.key", "-subj",
                   "/CN=leaf", "-addext", "subjectAltName=DNS:" + name.replace(",", ",DNS:"), "-config", self.config]
        if self_signed:
            openssl(*request, "-x509", "-days", end, "-out", f"{path}.crt")
        else:
            openssl(*request, "-out", f"{path}.csr")
            openssl("ca", "-batch", "-notext", "-config", self.config, "-in", f"{path}.csr", "-out", f"{path}.crt", "-startdate",
                    date(begin), "-enddate", date(end))
        path.write_bytes((self.folder / f"{stem}.key").read_bytes() + (self.folder / f"{stem}.crt").read_bytes())
        return path
