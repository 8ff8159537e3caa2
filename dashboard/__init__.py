"""The application: desk database, services, access, charts, wording, server and command line."""
