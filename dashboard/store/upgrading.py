"""Alembic, which makes and alters the tables of a desk database; loaded only where there is something to do."""

from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine

from dashboard.store.migrate import UnknownSchema

_ONE_AT_A_TIME = Lock()
"""Alembic keeps the running migration in its module: two threads that open two desks would take each other's."""


def config() -> Config:
    """Alembic without an ini file: the migrations live inside the package."""
    settings = Config()
    settings.set_main_option("script_location", "dashboard.store:migrations")
    settings.set_main_option("path_separator", "os")
    return settings


def upgrade(engine: Engine) -> None:
    """Upgrade to the newest schema in one transaction. Raises UnknownSchema."""
    settings = config()
    try:
        with _ONE_AT_A_TIME, engine.begin() as connection:  # a writer's transaction: other processes wait, too
            now = MigrationContext.configure(connection).get_current_heads()
            if set(now) == set(ScriptDirectory.from_config(settings).get_heads()):
                return  # another process has done it meanwhile
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
    except CommandError as error:
        raise UnknownSchema(str(error)) from error
