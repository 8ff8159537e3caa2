"""Starts the dashboard: which desk, which port, and the server's options."""

import os
import socket
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from dashboard.settings import AppSettings
from metrics.errors import ActionableError
from metrics.words import N_

LOOPBACK = ("127.0.0.1", "localhost", "::1")
CONFIG = Path(__file__).resolve().parent.parent / ".streamlit" / "config.toml"
PACKAGED_CONFIG = Path(__file__).resolve().parent / "defaults" / "streamlit.toml"


class ServeError(ActionableError):
    """The dashboard cannot start."""


def serve_desk(root: Path | None, *, demo: bool, port: int, host: str, say: Callable[[str], None]) -> None:
    """Serve the desk in *root* until stopped; with *demo*, make the generated desk first where it is absent."""
    if host not in LOOPBACK:
        raise ServeError(
            N_(
                "Floorwalker does not listen on {host}: nobody has an account on this desk yet, so anyone on the "
                "network could read its customers' data. Leave --host out to use it on this machine."
            ),
            host=host,
        )
    require_free(host, port)
    folder = root or (AppSettings.from_environment().data / "demo" if demo else AppSettings.from_environment().data)
    if demo:
        from dashboard.demo import ensure_demo

        os.environ.pop("FLOORWALKER_DATABASE", None)  # the generated desk is whole in its own folder
        ensure_demo(folder, on_progress=lambda progress: say(f"  {progress.step} {progress.detail}".rstrip()))
    os.environ["FLOORWALKER_DATA"] = str(folder)
    say(f"Floorwalker 巡场: http://{host}:{port}  (desk: {folder}; Ctrl+C ends it)")
    from dashboard.app import app

    app.run(config={**server_options(), "server.port": port, "server.address": host})


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
