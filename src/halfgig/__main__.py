"""Lets `python -m halfgig` be the command."""

import sys

from halfgig.cli import main

sys.exit(main())
