# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Builds and starts the transit lab within the namespaces of namespace.py, which end it."""

import shutil
import subprocess
import sys
from pathlib import Path

import names
import namespace
import pki
import postfix
import setups as table

HERE = Path(__file__).resolve().parent
RESOLV_CONF = f"nameserver {names.RESOLVER[0]}\noptions edns0 trust-ad timeout:5 attempts:1\n"
TRUST_STORE = Path("/etc/ssl/certs/ca-certificates.crt")


class Internet:
    """All set-ups by name, their servers, and what mailseal needs to know of it."""

    def __init__(self):
        self.state = namespace.STATE
        self.setups = {setup.name: setup for setup in table.everything()}
        assign_addresses(self.setups.values())
        self.processes = []
        self.instances = []
        self.authority = None
        self.anchor = None

    def start(self):
        self.authority = pki.Authority(self.state / "pki")
        shutil.copyfile(self.authority.root, TRUST_STORE)
        Path("/etc/resolv.conf").unlink(missing_ok=True)
        Path("/etc/resolv.conf").write_text(RESOLV_CONF, encoding="ascii")
        self.anchor = names.start(self.state / "dns", self.authority, self.setups.values())
        self.start_postfix()
        self.start_responder()

    def served_by(self, server):
        return [setup for setup in self.setups.values() if setup.server == server]

    def options_of(self, setup):
        """The -o options of the Postfix service of a set-up."""
        chains = ",".join(str(self.authority.certificate(setup.host, kind)) for kind in setup.certificates)
        return {"myhostname": setup.host, "smtpd_tls_chain_files": chains, **setup.options}

    def stop(self):
        """What the end of the namespaces would do as well, in order and at once."""
        for process in self.processes:
            process.kill()
            process.wait()
        for instance in self.instances:
            instance.stop()
        names.stop(self.state / "dns")

    def start_postfix(self):
        hosts = {setup.address: self.options_of(setup) for setup in self.served_by("postfix")}
        self.instances.append(postfix.receiver(self.state / "postfix", hosts))
        self.instances[-1].start()

    def start_responder(self):
        places = [f"{setup.address}={setup.personality}" for setup in self.served_by("responder")]
        pem = self.authority.certificate("mx.fault.example", "rsa2048")
        self.spawn("responder", [sys.executable, str(HERE / "responder.py"), "--certificate", str(pem), *places])

    def spawn(self, name, words):
        """Start a server that prints a line when it is ready."""
        with open(self.state / f"{name}.err", "wb") as errors:
            process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL)
        self.processes.append(process)
        if process.stdout.readline().strip() != b"ready":
            raise OSError(f"{name}: {(self.state / f'{name}.err').read_text(errors='replace')[-2000:]}")

    def options(self):
        """What `mailseal check` needs to look at this internet."""
        return ["--resolver", "%s@%d" % names.RESOLVER, "--trust-anchor", str(self.anchor), "--allow-private"]


def assign_addresses(setups):
    """Real servers in one documentation network, the responder's in another."""
    last = {"198.51.100": 0, "203.0.113": 0}
    for setup in setups:
        network = "203.0.113" if setup.server == "responder" else "198.51.100"
        last[network] += 1
        setup.address = f"{network}.{last[network]}"
