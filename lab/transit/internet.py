# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Builds and starts the transit lab within the namespaces of namespace.py, which end it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import exim
import names
import namespace
import opensmtpd
import packages
import pki
import postfix
import setups as table

READY_SECONDS = 20
OLD_DH = {"museum": ["512"], "attic": ["-dsaparam", "1024"]}
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
        self.inside = {}  # way: the words before a command to run it in that network
        self.senders = {}  # way: postfix.Sender
        self.authority = None
        self.anchor = None

    def begin(self):
        self.authority = pki.Authority(self.state / "pki", self.plain_hosts())
        shutil.copyfile(self.authority.root, TRUST_STORE)
        Path("/etc/resolv.conf").unlink(missing_ok=True)
        Path("/etc/resolv.conf").write_text(RESOLV_CONF, encoding="ascii")
        self.anchor = names.start(self.state / "dns", self.authority, self.setups.values())
        self.start_postfix()
        for setup, pem in self.hosts_of("exim"):
            self.start(exim.Daemon(self.state / setup.name, setup, pem))
        self.start(opensmtpd.Daemon(self.state / "opensmtpd", self.hosts_of("opensmtpd")))
        self.start_responder()
        self.start_nodes()
        self.start_policy_hosts()
        self.start_path("strip")
        self.start_path("delay")
        self.start_senders()
        for server in ("exim", "opensmtpd"):
            for setup in self.served_by(server):
                wait_for_port(setup.address)

    def start(self, instance):
        """A server that stop() will end."""
        instance.start()
        self.instances.append(instance)

    def hosts_of(self, server):
        """[(setup, PEM file)]"""
        return [(setup, self.authority.certificate(setup.host, setup.certificates[0]))
                for setup in self.served_by(server)]

    def plain_hosts(self):
        """The names of all hosts that show nothing but a good certificate."""
        mail = [setup.host for setup in self.setups.values() if setup.certificates == ("good",)]
        web = [setup.policy_name for setup in self.setups.values() if setup.sts and setup.sts_certificate == "good"]
        return mail + web

    def served_by(self, server):
        return [setup for setup in self.setups.values() if setup.server == server]

    def options_of(self, setup, certificates=(), **more):
        """The -o options of the Postfix service of a set-up."""
        kinds = certificates or setup.certificates
        chains = ",".join(str(self.authority.certificate(setup.host, kind)) for kind in kinds)
        return {"myhostname": setup.host, "smtpd_tls_chain_files": chains, **setup.options, **more}

    def stop(self):
        """What the end of the namespaces would do as well, in order and at once."""
        for process in self.processes:
            process.kill()
            process.wait()
        for instance in self.instances:
            instance.stop()
        names.stop(self.state / "dns")

    def start_postfix(self):
        hosts = {}
        for setup in self.served_by("postfix"):
            hosts[setup.address] = self.options_of(setup)
            if setup.second:
                hosts[setup.second] = self.options_of(setup, **setup.second_options)
        (screened,) = self.served_by("postscreen")
        guard = (screened.address, self.options_of(screened))
        self.start(postfix.receiver(self.state / "postfix", hosts, guard))

    def start_responder(self):
        places = [f"{setup.address}={setup.personality}" for setup in self.served_by("responder")]
        pem = self.authority.certificate("mx.fault.example", "rsa2048")
        self.spawn("responder", [sys.executable, str(HERE / "responder.py"), "--certificate", str(pem), *places])

    def start_nodes(self):
        """The old ones have Diffie-Hellman parameters of their time."""
        for setup, pem in self.hosts_of("node"):
            kind = setup.personality
            words = [setup.address, setup.host, str(pem), kind]
            if kind in OLD_DH:
                parameters = self.state / f"{kind}-dh.pem"
                parameters.write_bytes(pki.openssl("dhparam", *OLD_DH[kind]))
                words.append(str(parameters))
            program = packages.FOLDER / (kind if kind in OLD_DH else "kem") / "node"
            flags = ["--enable-ssl2", "--enable-ssl3"] if kind == "museum" else []
            self.spawn(setup.name, [str(program), *flags, str(HERE / "node_server.js"), *words])

    def start_policy_hosts(self):
        for name, address, more in (("policies", names.POLICY_HOST, []), ("old", names.OLD_POLICY_HOST, ["old"])):
            rows = {setup.policy_name: self.policy_row(setup) for setup in self.setups.values()
                    if setup.sts and setup.sts_is_old == bool(more)}
            file = self.state / f"{name}.json"
            file.write_text(json.dumps(rows), encoding="utf-8")
            self.spawn(name, [sys.executable, str(HERE / "policy_host.py"), address, str(file), *more])

    def policy_row(self, setup):
        pem = self.authority.certificate(setup.policy_name, setup.sts_certificate)
        return {"pem": str(pem), "behaviour": setup.sts, "policy": setup.policy()}

    def start_path(self, mode):
        """A network whose only way to the servers leads through path.py."""
        network = self.state / f"network-{mode}"
        network.touch()
        subprocess.run(["unshare", f"--net={network}", "true"], check=True)
        self.inside[mode] = ["nsenter", f"--net={network}"]
        subprocess.run([*self.inside[mode], sys.executable, str(HERE / "namespace.py"), "--network"], check=True)
        path = [sys.executable, str(HERE / "path.py"), mode, f"/proc/{os.getpid()}/ns/net"]
        self.spawn(f"path-{mode}", [*self.inside[mode], *path])

    def start_senders(self):
        """One with a free way, one behind somebody who strips STARTTLS."""
        policies = {setup.domain: (setup.sts_mode, setup.patterns) for setup in self.setups.values()
                    if setup.has_policy()}
        for way, prefix in (("free", []), ("strip", self.inside["strip"])):
            sender = postfix.Sender(self.state / f"sender-{way}", self.authority.root, prefix)
            sender.obey(policies)
            self.start(sender)
            self.senders[way] = sender

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


def wait_for_port(address):
    """Until something listens on port 25 there."""
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            socket.create_connection((address, 25), timeout=READY_SECONDS).close()
            return
        except OSError as error:
            if time.monotonic() > until:
                raise OSError(f"{address}: nobody listens") from error
            time.sleep(0.1)


def assign_addresses(setups):
    """Real servers in one documentation network, the responder's in another."""
    last = {"198.51.100": 0, "203.0.113": 0}
    for setup in setups:
        network = "203.0.113" if setup.server == "responder" else "198.51.100"
        last[network] += 1
        setup.address = f"{network}.{last[network]}"
