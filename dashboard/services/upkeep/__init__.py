"""Looking after a desk: audit, backups, the doctor."""
