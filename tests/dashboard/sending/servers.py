"""Servers that take mail and messages of robots on this machine, and keep them to be looked at."""

import json
import socket
import ssl
from asyncio import WriteTransport, sleep
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TAKEN = {"wecom": '{"errcode":0,"errmsg":"ok"}', "dingtalk": '{"errcode":0,"errmsg":"ok"}',
         "feishu": '{"code":0,"msg":"success","data":{}}', "slack": "ok"}  # fmt: skip


@dataclass
class Mailbox:
    """What a mail server took. refuse: says of an address whether its mail is turned away for now · is_silent: it
    takes mails and does not answer · is_curt: it breaks the line off instead · is_rude: it does so at the end."""

    port: int = 0
    mails: list[tuple[tuple[str, ...], EmailMessage]] = field(default_factory=list)
    refuse: Callable[[str], bool] = lambda _to: False
    logins: list[tuple[str, str]] = field(default_factory=list)
    is_silent: bool = False
    is_curt: bool = False
    is_rude: bool = False

    @property
    def recipients(self) -> list[str]:
        return [one for to, _mail in self.mails for one in to]

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuse(address):
            return "451 4.3.0 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:
        if self.is_rude:
            _break_off(server)
        return "221 Bye"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)
        self.mails.append((tuple(envelope.rcpt_tos), mail))  # type: ignore[arg-type]
        while self.is_silent:
            await sleep(0.05)
        if self.is_curt:
            _break_off(server)
        return "250 OK"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _kind: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=given.password == b"right", handled=False)


def _break_off(server: SMTP) -> None:
    assert isinstance(server.transport, WriteTransport)
    server.transport.abort()


@contextmanager
def mail_server(*, certificate: Path | None = None) -> Iterator[Mailbox]:
    """A mail server on a free port from start to end of the block; with a certificate it wants TLS and a login."""
    box = Mailbox()
    login: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        login = {"tls_context": context, "require_starttls": True, "authenticator": box.authenticate,
                 "auth_required": True}  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **login)
    controller.start()
    try:
        yield box
    finally:
        controller.stop(no_assert=True)


def self_signed(folder: Path) -> Path:
    """A certificate of 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    own = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = made.add_extension(own, critical=False).sign(key, hashes.SHA256())
    file = folder / "server.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file.write_bytes(signed.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return file


@dataclass
class Group:
    """What a robot was told: each address and body. answer: status and text of the next answers."""

    address: str = ""
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answer: tuple[int, str] = (200, TAKEN["wecom"])
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def robot_server() -> Iterator[Group]:
    """A robot's server on a free port from start to end of the block."""
    group = Group()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            group.told.append((self.path, json.loads(self.rfile.read(length))))
            status, text = group.answer
            self.send_response(status)
            for name, value in group.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        group.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield group
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
