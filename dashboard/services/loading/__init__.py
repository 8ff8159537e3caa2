"""From a file to a load: preview, mapping, loading, rejects, the ledger, one customer under several names."""
