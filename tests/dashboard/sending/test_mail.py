"""Mail reaches a real server whole, and what goes wrong is told without a secret."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.sending import Attachment, MailServer, Message, NotSent, send_mail
from dashboard.sending.message import Uncertain, Unreachable
from tests.dashboard.sending.servers import mail_server, self_signed

TOLD = Message("reminder-1", "三张工单已超时\r\nBcc: all@example.com", "T1 · 退换货\nT2\n.\nend")


def server_at(port: int) -> MailServer:
    return MailServer("127.0.0.1", port, "desk@example.com", security="none")


def test_a_mail_arrives_with_its_words_and_nothing_added_to_its_head() -> None:
    with mail_server() as box:
        send_mail(server_at(box.port), TOLD, ["li@example.com", "wu@example.com"])
    ((to, mail),) = box.mails
    assert to == ("li@example.com", "wu@example.com")
    assert mail["Subject"] == "三张工单已超时 Bcc: all@example.com"
    assert mail["Bcc"] is None
    assert mail.get_content().replace("\r\n", "\n") == f"{TOLD.text}\n"


def test_the_same_message_tried_again_has_the_same_id() -> None:
    with mail_server() as box:
        for _try in range(2):
            send_mail(server_at(box.port), TOLD, ["li@example.com"])
    assert [mail["Message-ID"] for _to, mail in box.mails] == ["<reminder-1@example.com>"] * 2
    assert {mail["Auto-Submitted"] for _to, mail in box.mails} == {"auto-generated"}


def test_a_password_goes_over_a_certificate_that_holds_and_a_wrong_one_is_told_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    with mail_server(certificate=certificate) as box:
        right = MailServer("127.0.0.1", box.port, "desk@example.com", user="desk", password="right")
        with pytest.raises(NotSent, match="certificate"):
            send_mail(right, TOLD, ["li@example.com"])
        assert not box.logins
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        send_mail(right, TOLD, ["li@example.com"])
        with pytest.raises(NotSent, match="535") as told:
            send_mail(replace(right, password="wrong-secret"), TOLD, ["li@example.com"])
    assert "wrong-secret" not in str(told.value)
    assert box.logins[0] == ("desk", "right")
    assert set(box.logins[1:]) == {("desk", "wrong-secret")}
    assert len(box.mails) == 1


def test_an_address_that_is_refused_is_told_even_where_another_was_taken() -> None:
    with mail_server() as box:
        box.refuse = lambda to: to.startswith("wu")
        with pytest.raises(NotSent, match="1 of 2"):
            send_mail(server_at(box.port), TOLD, ["li@example.com", "wu@example.com"])
        with pytest.raises(NotSent, match="every address"):
            send_mail(server_at(box.port), TOLD, ["wu@example.com"])


def test_a_server_that_is_not_there_or_offers_no_encryption_is_told() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    with pytest.raises(NotSent):
        send_mail(server_at(free), TOLD, ["li@example.com"])
    with mail_server() as box, pytest.raises(NotSent):
        send_mail(MailServer("127.0.0.1", box.port, "desk@example.com"), TOLD, ["li@example.com"])
    assert not box.mails


@pytest.mark.parametrize("wrong", ["li", "li@example.com, all@example.com", "li@example.com\nBcc: x@example.com", ""])
def test_what_is_no_single_address_is_never_sent_to(wrong: str) -> None:
    with mail_server() as box, pytest.raises(NotSent):
        send_mail(server_at(box.port), TOLD, [wrong])
    assert not box.mails


def test_a_file_goes_with_a_mail_whole() -> None:
    content = bytes(range(256)) * 40
    with mail_server() as box:
        told = replace(TOLD, attached=Attachment("周报.xlsx", "application/octet-stream", content))
        send_mail(server_at(box.port), told, ["li@example.com"])
    ((_to, mail),) = box.mails
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("周报.xlsx", content)
    body = mail.get_body(("plain",))
    assert body is not None
    assert "T1 · 退换货" in body.get_content()


def test_a_line_that_breaks_while_a_mail_is_told_leaves_it_uncertain_and_before_that_it_does_not() -> None:
    with mail_server() as box:
        box.is_curt = True
        with pytest.raises(Uncertain):
            send_mail(server_at(box.port), TOLD, ["li@example.com"])
        assert len(box.mails) == 1
    with pytest.raises(Unreachable):
        send_mail(server_at(box.port), TOLD, ["li@example.com"])


def test_a_mail_that_was_taken_is_sent_however_the_server_takes_leave() -> None:
    with mail_server() as box:
        box.is_rude = True
        send_mail(server_at(box.port), TOLD, ["li@example.com"])
    assert len(box.mails) == 1
