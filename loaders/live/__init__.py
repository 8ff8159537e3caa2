"""Helpdesks that are asked over HTTP, databases that are read, folders that are watched: data that comes by itself."""
