"""One thin script per page: title, filters, ask, empty case, show."""
