"""The command that serves a desk."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands.common import data_option, refusals, root_of, say

existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@data_option
@click.option("--demo", is_flag=True, help="A desk of generated data, in its own folder.")
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Only this machine until people have accounts.")
@click.option("--name", "names", multiple=True, metavar="NAME", help="By which name browsers call it; may be repeated.")
@click.option("--certificate", type=existing_file, help="Serve HTTPS with this certificate (PEM).")
@click.option("--key", type=existing_file, help="The certificate's key (PEM).")
@click.option("--oidc-issuer", metavar="URL", help="The company's own sign-in (OpenID Connect): its issuer.")
@click.option("--oidc-client", metavar="ID", help="How the provider knows this desk.")
@click.option("--oidc-secret-file", metavar="FILE", type=existing_file, help="Where the secret of that stands.")
@click.option("--oidc-name", metavar="NAME", help="How people call the provider.")
@click.option("--oidc-address", metavar="URL", help="How browsers call this desk, where a proxy stands before it.")
@click.pass_context
def serve(
    context: click.Context, /, data: Path | None, demo: bool, port: int, host: str, names: tuple[str, ...],
    certificate: Path | None, key: Path | None, **oidc: str | Path | None,
) -> None:  # fmt: skip
    """The dashboard in the browser."""
    from dashboard.people.provider_settings import choose_provider
    from dashboard.server.serving import Listening, serve_desk

    if (certificate is None) != (key is None):
        raise click.UsageError("--certificate and --key belong together")
    with refusals():
        choose_provider({name.removeprefix("oidc_"): str(value) for name, value in oidc.items() if value})
        listening = Listening(host, port, names, certificate, key)
        serve_desk(root_of(context, data), demo=demo, listening=listening, say=say)
