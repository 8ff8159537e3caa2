"""The desk's warehouse: one Delta table per source and canonical table, upserted, versioned, never half visible."""

from loaders.warehouse.merge import Counts
from loaders.warehouse.warehouse import Committed, Versions, Warehouse, newest_stamp

__all__ = ["Committed", "Counts", "Versions", "Warehouse", "newest_stamp"]
