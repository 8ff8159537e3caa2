"""Mail by SMTP, with the standard library."""

import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any, Literal

import stamina

from dashboard.sending.message import Message, NotSent, Uncertain, Unreachable

Security = Literal["starttls", "tls", "none"]
SECONDS = 10.0
TRIES = 3
FIRST_WAIT = 0.2


@dataclass(frozen=True)
class MailServer:
    """Through which server, and from whom. `starttls` and `tls` demand a certificate that holds."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)


class _Unreachable(Exception):
    """Nothing was handed over yet, so that trying again can send nothing twice."""


def send_mail(server: MailServer, message: Message, to: Sequence[str]) -> None:
    """Hand one message over for these addresses. Raises NotSent, also where only some of them were taken.

    Raises Uncertain where the connection ended after its content was begun to be told.
    """
    if wrong := [one for one in to if not is_mail_address(one)]:
        raise NotSent(f"{len(wrong)} of {len(to)} are no addresses")
    try:
        mail = _mail(server, message, to)
        smtp = _connected(server)
    except _Unreachable as error:
        raise Unreachable(_told(error)) from error
    except (smtplib.SMTPException, OSError, ValueError, HeaderParseError) as error:
        raise NotSent(_told(error)) from error
    if refused := _handed_over(smtp, mail, server.sender, to):
        raise NotSent(f"refused for {len(refused)} of {len(to)} addresses")


def _handed_over(smtp: smtplib.SMTP, mail: EmailMessage, sender: str, to: Sequence[str]) -> Mapping[str, object]:
    """The addresses that were refused. Raises NotSent, Uncertain; how the session ends does not matter any more."""
    try:
        return smtp.send_message(mail, sender, list(to))
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, ValueError, HeaderParseError) as error:
        raise NotSent(_told(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise (Uncertain if getattr(smtp, "is_told", False) else NotSent)(_told(error)) from error
    finally:
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


class _Telling:
    """Knows whether the content of a mail was begun to be told; before that nothing can have been taken."""

    is_told = False

    def data(self, msg: Any) -> Any:
        self.is_told = True
        return super().data(msg)  # type: ignore[misc]  # of the session that it is mixed with


class _Smtp(_Telling, smtplib.SMTP):
    pass


class _SmtpOverTls(_Telling, smtplib.SMTP_SSL):
    pass


def is_mail_address(text: str) -> bool:
    """Whether this is one address that mail can be sent to."""
    name, at, domain = text.rpartition("@")
    if not (name and at and domain) or not text.isprintable() or any(map(str.isspace, text)):
        return False
    try:
        return _address(text).addr_spec == text
    except (ValueError, HeaderParseError):
        return False


def _mail(server: MailServer, message: Message, to: Sequence[str]) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = message.line
    mail["From"] = _address(server.sender)
    mail["To"] = [_address(one) for one in to]
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{message.id}@{server.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # so that holiday notes do not answer
    mail.set_content(message.text)
    if (file := message.attached) is not None:
        kind, _slash, detail = file.media_type.partition("/")
        mail.add_attachment(file.content, maintype=kind, subtype=detail, filename=file.name)
    return mail


def _address(text: str) -> Address:
    """Raises ValueError where it is none, or more than one."""
    return Address(addr_spec=text)


@stamina.retry(on=_Unreachable, attempts=TRIES, wait_initial=FIRST_WAIT, wait_jitter=FIRST_WAIT, timeout=3 * SECONDS)
def _connected(server: MailServer) -> smtplib.SMTP:
    """A session that is ready to be handed a message; what only could not be reached is tried again."""
    try:
        return _logged_in(_begun(server), server)
    except (OSError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as error:
        if isinstance(error, ssl.SSLError | smtplib.SMTPAuthenticationError):
            raise
        raise _Unreachable(_told(error)) from error


def _begun(server: MailServer) -> smtplib.SMTP:
    trusted = ssl.create_default_context()
    if server.security == "tls":
        return _SmtpOverTls(server.host, server.port, timeout=SECONDS, context=trusted)
    smtp = _Smtp(server.host, server.port, timeout=SECONDS)
    if server.security == "starttls":
        _or_closed(smtp, lambda: smtp.starttls(context=trusted))
    return smtp


def _logged_in(smtp: smtplib.SMTP, server: MailServer) -> smtplib.SMTP:
    if server.user:
        _or_closed(smtp, lambda: smtp.login(str(server.user), server.password or ""))
    return smtp


def _or_closed(smtp: smtplib.SMTP, step: Callable[[], object]) -> None:
    try:
        step()
    except BaseException:
        smtp.close()
        raise


def _told(error: Exception) -> str:
    """What the server said, without what was said to it."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return f"{error.smtp_code} {said}"[:200]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"every address was refused ({len(error.recipients)})"
    return (str(error) or type(error).__name__)[:200]
