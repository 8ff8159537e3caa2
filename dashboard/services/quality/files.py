"""Certificates and frames as files, each noted in the audit: they name people."""

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.quality.certificate import certificate
from dashboard.services.quality.draws import draw_of, frame_text


@needs(Act.SEE_QUALITY)
def certificate_file(actor: Actor, desk: Desk, draw_id: int) -> bytes:
    """The certificate of a draw as a workbook. Raises DrawError, Denied."""
    found, units = draw_of(actor, desk, draw_id)
    _note(actor, desk, "sample.certify", draw_id)
    return certificate(found, units, desk.zone() or "UTC")


@needs(Act.SEE_QUALITY)
def frame_file(actor: Actor, desk: Desk, draw_id: int) -> bytes:
    """The frame of a draw as CSV: exactly the text of which the certificate has the hash."""
    text = frame_text(actor, desk, draw_id)
    _note(actor, desk, "sample.frame", draw_id)
    return text


def _note(actor: Actor, desk: Desk, action: str, draw_id: int) -> None:
    with desk.keeping() as session:
        record(session, actor, action, f"draw:{draw_id}")
