"""Attacks on a running server, each bounded in time; docs/reliability.md has the table."""
