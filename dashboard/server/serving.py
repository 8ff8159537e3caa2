"""Starts the dashboard: which desk, which port, and the server's options."""

import gc
import os
import socket
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.settings import AppSettings
from dashboard.wording import _
from metrics.errors import ActionableError
from metrics.words import N_

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")
_NOBODY = N_(
    "Floorwalker does not listen on {host}: nobody has an account on this desk yet, so anyone on the network could "
    "read its customers' data. Make the first account with: floorwalker user add NAME --role administrator. Or start "
    "it without --host and --name and open {link} on this machine; the link works once, within an hour."
)
_PLAIN = N_(
    "Without HTTPS, passwords and customers' data can be read on the way: give --certificate and --key, or let a proxy "
    "that speaks HTTPS stand before it."
)
CONFIG = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
PACKAGED_CONFIG = Path(__file__).resolve().parents[1] / "defaults" / "streamlit.toml"


class ServeError(ActionableError):
    """The dashboard cannot start."""


@dataclass(frozen=True)
class Listening:
    """Where a server listens, by which names browsers may call it, and with which certificate."""

    host: str = "127.0.0.1"
    port: int = 8501
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_here_only(self) -> bool:
        """Whether nobody but this machine can reach it; whoever gives it another name wants others to."""
        return self.host in LOOPBACK and not self.names

    @property
    def address(self) -> str:
        scheme = "http" if self.certificate is None else "https"
        return f"{scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def allowed_names(self) -> tuple[str, ...]:
        """The names other than the machine's own ones: those that were given, else all that it knows of itself."""
        if self.names or self.host in LOOPBACK:
            return self.names
        return names_of_this_machine() if self.host in EVERYWHERE else (in_brackets(self.host),)


def serve_desk(root: Path | None, *, demo: bool, listening: Listening, say: Callable[[str], None]) -> None:
    """Serve the desk in *root* until stopped; with *demo*, make the generated desk first where it is absent.

    Raises ServeError where others could reach a desk on which nobody has an account.
    """
    require_free(listening.host, listening.port)
    gc.disable()  # until all is imported: `dashboard.server.warm`
    folder = root or (AppSettings.from_environment().data / "demo" if demo else AppSettings.from_environment().data)
    if demo:
        from dashboard.demo import NEWEST, ensure_demo
        from dashboard.triage.now import CLOCK

        os.environ.pop("FLOORWALKER_DATABASE", None)  # the generated desk is whole in its own folder
        os.environ.setdefault(CLOCK, NEWEST.isoformat())  # its day goes on where its data end
        ensure_demo(folder, on_progress=lambda progress: say(f"  {progress.step} {progress.detail}".rstrip()))
    if not listening.is_here_only:
        require_accounts(folder, listening)
        if listening.certificate is None:
            say(_(_PLAIN))
    os.environ["FLOORWALKER_DATA"] = str(folder)
    os.environ["FLOORWALKER_HOSTS"] = ",".join(listening.allowed_names())
    say(f"Floorwalker 巡场: {listening.address}  (desk: {folder}; Ctrl+C ends it)")
    from dashboard.state import begin_to_read

    begin_to_read()  # Streamlit is imported meanwhile
    from dashboard.server.app import app

    app.run(config={**server_options(), **_options(listening)})


def require_accounts(folder: Path, listening: Listening) -> None:
    """Raise ServeError where nobody has an account, with the two ways to make the first one.

    The way by a browser is a link that works once, on this machine only; a page that anybody could open to set a desk
    up has been the way into other people's dashboards.
    """
    from dashboard.desk import open_desk
    from dashboard.people.accounts import has_accounts
    from dashboard.people.links import setup_link

    desk = open_desk(folder, database=AppSettings.from_environment().database)
    with desk.reading() as session:
        if has_accounts(session):
            return
    link = f"http://127.0.0.1:{listening.port}{setup_link(desk)}"
    raise ServeError(_NOBODY, host=listening.host if listening.host not in LOOPBACK else listening.names[0], link=link)


def names_of_this_machine() -> tuple[str, ...]:
    """Every name and address by which this machine knows itself."""
    import psutil

    addresses = (one.address.partition("%")[0] for cards in psutil.net_if_addrs().values() for one in cards
                 if one.family in (socket.AF_INET, socket.AF_INET6))  # fmt: skip
    names = dict.fromkeys((socket.gethostname(), socket.getfqdn(), *map(in_brackets, addresses)))
    return tuple(name for name in names if name)


def in_brackets(host: str) -> str:
    """As a browser writes it: an address of IPv6 stands in brackets."""
    return f"[{host}]" if ":" in host else host


def _options(listening: Listening) -> dict[str, object]:
    options: dict[str, object] = {"server.port": listening.port, "server.address": listening.host}
    if listening.certificate is not None:
        options |= {"server.sslCertFile": str(listening.certificate), "server.sslKeyFile": str(listening.key)}
    return options


def require_free(host: str, port: int) -> None:
    """Raise ServeError when something already listens on the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise ServeError(
                N_(
                    "Port {port} is taken by another program (perhaps a Floorwalker that still runs). "
                    "Name another one: --port {other}"
                ),
                port=port,
                other=port + 1,
            ) from None


def server_options() -> dict[str, object]:
    """The options of .streamlit/config.toml by dotted name, so that they hold from whatever folder it is started."""
    path = CONFIG if CONFIG.is_file() else PACKAGED_CONFIG
    return dict(_dotted(tomllib.loads(path.read_text(encoding="utf-8"))))


def _dotted(tree: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _dotted(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
