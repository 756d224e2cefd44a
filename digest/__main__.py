"""python -m digest, and the command `digest`."""

from __future__ import annotations

from digest.cli.door import main

if __name__ == "__main__":
    main()
