# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""An authority, one below it, and certificates with whatever is wrong with them, by the openssl command."""

import datetime
import hashlib
import subprocess

CONFIG = """[ca]
default_ca = lab
[lab]
database = {folder}/index.txt
new_certs_dir = {folder}
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
copy_extensions = copy
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
"""

KEYS = {
    "ec": ("EC", "ec_paramgen_curve:P-256"),
    "p224": ("EC", "ec_paramgen_curve:P-224"),
    "rsa": ("RSA", "rsa_keygen_bits:3072"),
    "rsa2048": ("RSA", "rsa_keygen_bits:2048"),
    "rsa1024": ("RSA", "rsa_keygen_bits:1024"),
    "ed25519": ("ED25519", None),
}

# What makes a kind of certificate: key, days from now to its start and end, issuer, ...
KINDS = {
    "good": {},
    "rsa": {"key": "rsa"},
    "rsa2048": {"key": "rsa2048"},
    "rsa1024": {"key": "rsa1024"},
    "p224": {"key": "p224"},
    "ed25519": {"key": "ed25519"},
    "expired": {"days": (-100, -10)},
    "notyet": {"days": (10, 100)},
    "expiring": {"days": (-80, 10)},
    "selfsigned": {"issuer": None},
    "untrusted": {"issuer": "stranger"},
    "wrongname": {"name": "elsewhere.example"},
    "wildcard": {"name": "*.{domain}"},
    "deepwildcard": {"name": "*.example"},
    "cnonly": {"has_san": False},
    "nochain": {"is_leaf_only": True},
    "disorder": {"is_disordered": True},
    "sha1": {"digest": "sha1"},
    "client": {"extensions": "client"},
}


def openssl(*words, data=None):
    done = subprocess.run(["openssl", *map(str, words)], input=data, capture_output=True, check=False)
    if done.returncode != 0:
        raise OSError(f"openssl {' '.join(map(str, words))}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def stamp(days):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return moment.strftime("%Y%m%d%H%M%SZ")


class Authority:
    """Keys and certificates in a folder. `root` is what senders trust. HOSTS share their good certificate, to save time."""

    def __init__(self, folder, hosts=()):
        self.folder = folder
        self.hosts = hosts
        folder.mkdir()
        self.config = folder / "openssl.cnf"
        self.config.write_text(CONFIG.format(folder=folder), encoding="ascii")
        (folder / "index.txt").touch()
        self.root = self.issue("root", "Lab Root", key=self.key("ec", "root"), extensions="authority", issuer=None)
        self.stranger = self.issue("stranger", "Nobody's Root", key=self.key("ec", "stranger"),
                                   extensions="authority", issuer=None)
        self.middle = self.issue("middle", "Lab Issuing", key=self.key("ec", "middle"), extensions="authority",
                                 issuer="root")

    def path(self, name, ending):
        return self.folder / f"{name}.{ending}"

    def key(self, kind, name=None):
        """The key file of this kind; made once."""
        path = self.path(name or f"key-{kind}", "key")
        if not path.exists():
            algorithm, option = KEYS[kind]
            more = ["-pkeyopt", option] if option else []
            openssl("genpkey", "-algorithm", algorithm, *more, "-out", path)
        return path

    def issue(self, name, subject, key, san=None, issuer="middle", days=(-10, 80), digest="sha256", extensions="server"):
        """The certificate file NAME.crt."""
        request, made = self.path(name, "csr"), self.path(name, "crt")
        names = [san] if isinstance(san, str) else san
        more = ["-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)] if names else []
        openssl("req", "-new", "-key", key, "-subj", f"/CN={subject}", *more, "-out", request)
        if issuer:
            signer = ["-keyfile", self.path(issuer, "key"), "-cert", self.path(issuer, "crt")]
        else:
            signer = ["-keyfile", key, "-selfsign"]
        openssl("ca", "-batch", "-notext", "-config", self.config, *signer, "-md", "default" if "ed25519" in str(key) and
                not issuer else digest, "-extensions", extensions, "-startdate", stamp(days[0]), "-enddate", stamp(days[1]),
                "-in", request, "-out", made)
        return made

    def certificate(self, host, kind="good"):
        """PEM file with key, leaf and chain, as Postfix and Exim read it, of a host named mx.DOMAIN."""
        if kind == "good" and host in self.hosts:
            return self.make("shared", kind, names=self.hosts)
        return self.make(host, kind, **KINDS[kind])

    def make(self, host, kind, key="ec", name=None, has_san=True, is_leaf_only=False, is_disordered=False, issuer="middle",
             names=(), **more):
        base = f"{host}.{kind}"
        path = self.path(base, "pem")
        if path.exists():
            return path
        key_file = self.key(key)
        san = (name or host).format(domain=host.partition(".")[2])
        leaf = self.issue(base, "mail" if has_san else host, key_file, (names or san) if has_san else None, issuer, **more)
        parts = [leaf] if is_leaf_only or issuer != "middle" else [leaf, self.middle]
        if is_disordered:
            parts = [leaf, self.root, self.middle]
        path.write_bytes(key_file.read_bytes() + b"".join(part.read_bytes() for part in parts))
        return path


def association(pem, usage_selector_type):
    """The hexadecimal data of a TLSA record that is right for the first certificate of the file."""
    _, selector, kind = map(int, usage_selector_type.split())
    data = openssl("x509", "-in", pem, "-outform", "DER")
    if selector == 1:
        data = openssl("pkey", "-pubin", "-outform", "DER", data=openssl("x509", "-in", pem, "-pubkey", "-noout"))
    if kind:
        data = (hashlib.sha256 if kind == 1 else hashlib.sha512)(data).digest()
    return data.hex()
