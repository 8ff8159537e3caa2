"""How a message leaves the house: by mail or to a group's robot, and only where a person has set one up."""

from dashboard.sending.mail import MailServer, send_mail
from dashboard.sending.message import Attachment, Message, NotSent
from dashboard.sending.robots import ROBOTS, Robot, RobotKind, post

__all__ = ["ROBOTS", "Attachment", "MailServer", "Message", "NotSent", "Robot", "RobotKind", "post", "send_mail"]
