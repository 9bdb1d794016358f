"""`python -m zusage`: the command line."""

from __future__ import annotations

import sys

from zusage.boot.cli import main

if __name__ == "__main__":
    sys.exit(main())
