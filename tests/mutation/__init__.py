"""Mutation testing: whether the tests notice when a line of the domain is wrong."""
