# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Postfix: an instance with one service a host, and instances that send at several levels."""

import re
import shutil
import subprocess
import time
from dataclasses import dataclass

MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
meta_directory = {folder}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log
maillog_file_prefixes = /var/spool
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
alias_maps =
alias_database =
local_recipient_maps =
mydestination =
default_transport = {transport}
smtputf8_enable = no
default_process_limit = 200
"""

QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "private", "public",
          "saved", "trace")

# Any mail for anybody, thrown away.
RECEIVES = """myhostname = mx.example
relay_domains = example
relay_transport = discard
smtpd_peername_lookup = no
smtpd_tls_security_level = may
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
anvil_status_update_time = 1s
postscreen_greet_wait = 3s
postscreen_cache_map =
"""

# One recipient and one connection a message, so that each line of the log is one try.
SENDS = """myhostname = sender.example
inet_protocols = all
smtp_tls_CAfile = {root}
smtp_tls_loglevel = 1
smtp_host_lookup = dns
smtp_connection_cache_on_demand = no
smtp_connect_timeout = 60s
smtp_helo_timeout = 60s
smtp_starttls_timeout = 8s
default_destination_recipient_limit = 1
default_destination_concurrency_limit = 20
default_destination_concurrency_failed_cohort_limit = 0
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 300s
smtp_address_preference = ipv4
transport_maps = regexp:{folder}/transport
smtp_tls_policy_maps =
"""

MASTER = """pickup    unix  n - n 60  1 pickup
cleanup   unix  n - n -   0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n -   - trivial-rewrite
bounce    unix  - - n -   0 bounce
defer     unix  - - n -   0 bounce
trace     unix  - - n -   0 bounce
proxymap  unix  - - n -   - proxymap
discard   unix  - - n -   - discard
error     unix  - - n -   - error
retry     unix  - - n -   - error
anvil     unix  - - n -   1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""

# Postfix obeys no MTA-STS by itself: `sts` is the level that a policy daemon would give for a domain (see Sender.obey).
LEVELS = {
    "may": ["smtp_tls_security_level=may"],
    "dane": ["smtp_tls_security_level=dane", "smtp_dns_support_level=dnssec"],
    "dane-only": ["smtp_tls_security_level=dane-only", "smtp_dns_support_level=dnssec"],
    "secure": ["smtp_tls_security_level=may", "smtp_tls_policy_maps=texthash:{folder}/policies"],
}

CONNECTED = re.compile(r"(\S+) TLS connection established to \S+: (\S+)")
STATUS = re.compile(r"([0-9A-F]+): to=<([^>]+)>.* relay=([^,]+),.* status=(\w+) \((.*)\)$")
LINE = re.compile(r" (\S+)/smtp\[(\d+)\]: (.*)$")


class Instance:
    """A Postfix in a folder. prefix: the words before each command, to enter a network namespace."""

    def __init__(self, folder, main, master, transport="discard", prefix=()):
        self.folder = folder
        self.prefix = list(prefix)
        self.make_folders()
        settings = MAIN.format(folder=folder, transport=transport) + main
        (folder / "main.cf").write_text(settings, encoding="ascii")
        (folder / "master.cf").write_text(MASTER + master, encoding="ascii")
        for name in ("postfix-files", "dynamicmaps.cf"):
            (folder / name).touch()

    def make_folders(self):
        """As the package's installation makes them."""
        for name in ("data", *(f"queue/{queue}" for queue in QUEUES)):
            (self.folder / name).mkdir(parents=True, mode=0o700)
            shutil.chown(self.folder / name, user="postfix")
        for name, mode in (("maildrop", 0o1730), ("public", 0o2710)):
            shutil.chown(self.folder / "queue" / name, group="postdrop")
            (self.folder / "queue" / name).chmod(mode)
        (self.folder / "queue" / "pid").mkdir()

    def start(self):
        done = subprocess.run([*self.prefix, "postfix", "-c", str(self.folder), "start"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            raise OSError(f"postfix: {done.stdout.strip()} {self.log()[-2000:]}")

    def stop(self):
        subprocess.run([*self.prefix, "postfix", "-c", str(self.folder), "stop"], capture_output=True, check=False)

    def log(self):
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""


def service(address, options):
    """The line of master.cf for one host."""
    words = "".join(f"\n  -o {{ {name} = {value} }}" for name, value in options.items())
    return f"[{address}]:25 inet n - n - - smtpd{words}\n"


def guarded(address, options):
    """The same behind postscreen, which lets strangers wait before it greets them. There can be one in an instance."""
    words = service(address, options).partition("smtpd")[2]
    return (f"[{address}]:25 inet n - n - 1 postscreen\n  -o {{ myhostname = {options['myhostname']} }}\n"
            f"smtpd pass - - n - - smtpd{words}"
            "tlsproxy unix - - n - 0 tlsproxy\ndnsblog unix - - n - 0 dnsblog\n")


def receiver(folder, hosts, guard=None):
    """HOSTS: {address: options}. GUARD: (address, options) of one behind postscreen."""
    services = [service(*host) for host in hosts.items()] + ([guarded(*guard)] if guard else [])
    return Instance(folder, RECEIVES, "".join(services))


@dataclass
class Try:
    """What one recipient's mail came to."""

    status: str  # sent, deferred, bounced
    tls: str  # Verified, Trusted, Untrusted, Anonymous; empty: in clear
    why: str


class Sender(Instance):
    """Sends a message to may@DOMAIN at level may, and so on for each of LEVELS."""

    def __init__(self, folder, root, prefix=()):
        master = ""
        for level, options in LEVELS.items():
            words = "".join(f"\n  -o {option.format(folder=folder)}" for option in options)
            master += f"{level} unix - - n - 16 smtp{words}\n  -o syslog_name={level}\n"
        main = SENDS.format(root=root, folder=folder)
        super().__init__(folder, main, master, transport="error", prefix=prefix)
        lines = [f"/^{level}@/ {level}:\n" for level in LEVELS]
        (folder / "transport").write_text("".join(lines), encoding="ascii")
        (folder / "policies").touch()

    def obey(self, policies):
        """{domain: (mode, patterns)}: the line a policy daemon gives Postfix for each policy that is enforced."""
        lines = []
        for domain, (mode, patterns) in policies.items():
            if mode == "enforce":
                match = ":".join(pattern.removeprefix("*") for pattern in patterns)
                lines.append(f"{domain} secure match={match} servername=hostname\n")
        (self.folder / "policies").write_text("".join(lines), encoding="ascii")

    def send(self, recipients):
        words = [*self.prefix, "sendmail", "-C", str(self.folder), "-f", "lab@sender.example", "--", *recipients]
        subprocess.run(words, input=b"Subject: lab\n\nA message.\n", check=True, timeout=60)

    def flush(self):
        """Try again what was deferred."""
        subprocess.run([*self.prefix, "postqueue", "-c", str(self.folder), "-f"], check=True)

    def wait(self, recipients, count=1, seconds=120):
        """Until each has been tried so often; their tries."""
        until = time.monotonic() + seconds
        while True:
            found = self.tries()
            open_ones = [recipient for recipient in recipients if len(found.get(recipient, [])) < count]
            if not open_ones:
                return found
            if time.monotonic() > until:
                raise OSError(f"not tried {count} times: {', '.join(open_ones[:5])}")
            time.sleep(0.2)

    def tries(self):
        """{recipient: [Try]} in the order of the log."""
        found, tls = {}, {}
        for line in self.log().splitlines():
            named = LINE.search(line)
            if not named:
                continue
            level, process, text = named.groups()
            connected, status = CONNECTED.match(text), STATUS.match(text)
            if connected:
                tls[process] = connected[1]
            elif status:
                found.setdefault(status[2], []).append(Try(status[4], tls.pop(process, ""), status[5]))
        return found
