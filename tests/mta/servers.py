"""A real post office on this machine: Postfix that takes mail over STARTTLS and TLS, Dovecot that keeps it for IMAP.

    with PostOffice(folder, certificate, key, port_of_stranger) as office:
        office.submission, office.smtps, office.imaps      # ports on 127.0.0.1
        office.messages("wang@example.cn")                 # what lies in a mailbox, as IMAP gives it

Every address of example.cn has a mailbox and the one password.  Mail for other.example goes to a port of this machine;
mail for anybody else is refused, so nothing ever leaves.  Both servers need root, and the folder one that every user
may pass through.
"""

from __future__ import annotations

import imaplib
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

DOMAIN, STRANGER = "example.cn", "other.example"
MAILBOX_OWNER = 65534  # nobody
PROGRAMS = ("postfix", "dovecot")

MAIN = """
compatibility_level = 3.6
myhostname = mail.example.cn
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
virtual_mailbox_domains = example.cn
virtual_mailbox_maps = static:ok
virtual_transport = lmtp:unix:private/lmtp-in
virtual_alias_maps =
alias_maps =
alias_database =
transport_maps = inline:{{ {{ other.example = smtp:[127.0.0.1]:{stranger} }} }}
default_transport = error:nothing leaves this machine
relay_domains = other.example
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_forbid_bare_newline = normalize
disable_dns_lookups = yes
smtp_tls_security_level = none
message_size_limit = 10240000
"""

MASTER = """
{submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

DOVECOT = """
protocols = imap lmtp
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
mail_location = maildir:~/Maildir
first_valid_uid = 1
default_login_user = dovenull
default_internal_user = dovecot
auth_mechanisms = plain login
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener {folder}/queue/private/lmtp-in {{
    mode = 0600
    user = postfix
    group = postfix
  }}
}}
service auth {{
  unix_listener {folder}/queue/private/auth {{
    mode = 0600
    user = postfix
    group = postfix
  }}
}}
"""


def why_not() -> str:
    """What keeps the post office from being opened here; empty where nothing does."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    return "" if os.geteuid() == 0 else "Postfix and Dovecot are started by root only"


class PostOffice:
    """Both servers, with configurations of their own below `folder`; a context manager that ends what it began."""

    def __init__(self, folder: Path, certificate: Path, key: Path, cafile: Path, stranger: int, password: str) -> None:
        self.folder, self.cafile, self.password = folder, cafile, password
        self.submission, self.smtps, self.imaps = free_ports(3)
        self._values = {
            "folder": folder,
            "certificate": certificate,
            "key": key,
            "stranger": stranger,
            "password": password,
            "owner": MAILBOX_OWNER,
            "submission": self.submission,
            "smtps": self.smtps,
            "imaps": self.imaps,
        }

    def __enter__(self) -> PostOffice:
        self._write_configurations()
        with ExitStack() as undo:
            # Dovecot first: Postfix asks it about log-ins from its first connection on.
            dovecot = subprocess.Popen(["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")])
            undo.callback(dovecot.wait, 30)
            undo.callback(dovecot.terminate)
            wait_for(self.imaps)
            self._postfix("start")
            undo.callback(self._postfix, "stop")
            for port in (self.submission, self.smtps):
                wait_for(port)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    @contextmanager
    def mailbox(self, address: str) -> Iterator[imaplib.IMAP4_SSL]:
        """An IMAP session of an address, its INBOX open for reading."""
        trusted = ssl.create_default_context(cafile=str(self.cafile))
        with imaplib.IMAP4_SSL("127.0.0.1", self.imaps, ssl_context=trusted, timeout=20) as session:
            session.login(address, self.password)
            session.select(readonly=True)
            yield session

    def messages(self, address: str) -> list[bytes]:
        """The messages in the mailbox of an address, oldest first."""
        with self.mailbox(address) as session:
            numbers = session.search(None, "ALL")[1][0].split()
            return [_fetched(session, number) for number in numbers]

    def wait_for_messages(self, address: str, count: int, seconds: float = 30) -> list[bytes]:
        """The messages of an address as soon as there are so many."""
        until = time.monotonic() + seconds
        while len(found := self.messages(address)) < count:
            assert time.monotonic() < until, f"{len(found)} of {count} messages for {address}\n{self.log()}"
            time.sleep(0.1)
        return found

    def log(self) -> str:
        """The last lines of what both servers wrote."""
        texts = [(self.folder / name).read_text("utf-8", "replace") for name in ("postfix.log", "dovecot.log")]
        return "\n".join(line for text in texts for line in text.splitlines()[-25:])

    def _postfix(self, order: str) -> None:
        # To a file: the servers keep what they were given as standard output, and a pipe would never end.
        with (self.folder / "postfix.said").open("a") as said:
            command = ["postfix", "-c", str(self.folder / "postfix"), order]
            code = subprocess.run(command, stdout=said, stderr=said, timeout=60, check=False).returncode
        assert code == 0, (self.folder / "postfix.said").read_text("utf-8", "replace")

    def _write_configurations(self) -> None:
        for name in ("postfix", "queue", "queue/private", "data", "run", "mail"):
            (self.folder / name).mkdir(mode=0o755, exist_ok=True)
        shutil.chown(self.folder / "data", "postfix")
        shutil.chown(self.folder / "queue" / "private", "postfix")
        os.chown(self.folder / "mail", MAILBOX_OWNER, MAILBOX_OWNER)
        for path, template in (("postfix/main.cf", MAIN), ("postfix/master.cf", MASTER), ("dovecot.conf", DOVECOT)):
            (self.folder / path).write_text(template.format_map(self._values).lstrip())


def _fetched(session: imaplib.IMAP4_SSL, number: bytes) -> bytes:
    answer = session.fetch(number.decode(), "(BODY.PEEK[])")[1][0]
    assert isinstance(answer, tuple)
    return bytes(answer[1])


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens at, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(socket.socket())) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def wait_for(port: int, seconds: float = 20) -> None:
    """Comes back once something listens at a port."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), timeout=1)):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens at port {port}")
