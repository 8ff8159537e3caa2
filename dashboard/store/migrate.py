"""Brings a desk database to the newest schema."""

from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

_ONE_AT_A_TIME = Lock()
"""Alembic keeps the running migration in its module: two threads that open two desks would take each other's."""


def config() -> Config:
    """Alembic without an ini file: the migrations live inside the package."""
    settings = Config()
    settings.set_main_option("script_location", "dashboard.store:migrations")
    settings.set_main_option("path_separator", "os")
    return settings


def migrate(engine: Engine) -> None:
    """Upgrade to the newest schema in one transaction; does nothing where it is there already."""
    settings = config()
    with _ONE_AT_A_TIME, engine.begin() as connection:  # a writer's transaction: other processes wait, too
        now = MigrationContext.configure(connection).get_current_heads()
        if set(now) == set(ScriptDirectory.from_config(settings).get_heads()):
            return
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
