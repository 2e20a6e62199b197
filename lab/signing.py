# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Keys, DS records and signatures. Keys and signed zones are kept, so that a second start only reads them."""

import subprocess
import time

ALGORITHM = "ECDSAP256SHA256"
RESIGN_SECONDS = 7 * 86400  # signatures last four weeks
EXPIRED = ("-i", "20200101", "-e", "20200201")


def run(words, **more):
    """Run a tool; its output goes into the error when it fails."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, words))}: {done.stdout.strip()}")
    return done.stdout


def key(keys, zone):
    """The base name of the key of ZONE in the folder KEYS, made at need. One key signs everything."""
    listing = keys / f"{zone.name or '@root'}.base"
    if listing.exists():
        return keys / listing.read_text(encoding="ascii")
    base = run(["ldns-keygen", "-a", ALGORITHM, "-k", "-r", "/dev/urandom", zone.fqdn()], cwd=keys).strip()
    listing.write_text(base, encoding="ascii")
    return keys / base


def ds(base):
    """The data of the DS record of a key: tag, algorithm, digest type, digest."""
    words = base.with_name(base.name + ".ds").read_text(encoding="ascii").split()
    return " ".join(words[words.index("DS") + 1 :])


def wrong_ds(data):
    """A DS with the right tag whose digest matches no key."""
    tag, algorithm, kind, digest = data.split()
    return " ".join((tag, algorithm, kind, ("0" if digest[0] != "0" else "1") + digest[1:]))


def is_fresh(signed, is_expired_on_purpose):
    if not signed.exists():
        return False
    return is_expired_on_purpose or time.time() - signed.stat().st_mtime < RESIGN_SECONDS


def sign(zone, plain, changed, base):
    """Sign the zone file PLAIN into PLAIN.signed, unless that is there already and nothing CHANGED."""
    signed = plain.with_name(plain.name + ".signed")
    expired = zone.serve == "bogus-expired"
    if changed or not is_fresh(signed, expired):
        dates = EXPIRED if expired else ()
        run(["ldns-signzone", *dates, "-o", zone.fqdn(), "-f", str(signed), str(plain), str(base)])
    return signed
