"""Entry point of `python -m halfgig`."""

import sys

from halfgig.cli.main import main

sys.exit(main())
