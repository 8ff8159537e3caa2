"""Every sample of every system. `python -m tests.loaders.sources.samples` writes them anew."""

from tests.loaders.sources import (
    exports_chat,
    exports_china,
    exports_crm,
    exports_fresh,
    exports_hubs,
    exports_messages,
    exports_open,
    exports_service,
    exports_zendesk,
)
from tests.loaders.sources.export import Export, write

_MODULES = (
    exports_zendesk,
    exports_fresh,
    exports_crm,
    exports_hubs,
    exports_chat,
    exports_service,
    exports_open,
    exports_china,
)
EXPORTS: tuple[Export, ...] = tuple(export for module in _MODULES for export in module.EXPORTS)

if __name__ == "__main__":
    write(EXPORTS)
    exports_messages.write()
