"""The sheets of a report, one module each: `(content) -> Sheet`, computed by the services that the pages ask, too."""
