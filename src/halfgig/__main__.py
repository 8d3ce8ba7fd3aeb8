"""Lets `python -m halfgig` be the command."""

import sys

from halfgig.cli.main import main

sys.exit(main())
