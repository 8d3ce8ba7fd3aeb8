"""Entry point of `python -m halfgig`."""

from halfgig.cli.main import program

program()
