"""The commands, one module per topic; dashboard.cli puts them together."""
