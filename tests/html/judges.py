"""Asks the checkers that run on Node; they are installed by `npm ci` in .ci/node, or where DIGEST_NODE_MODULES says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MODULES = Path(os.environ.get("DIGEST_NODE_MODULES") or ROOT / ".ci" / "node" / "node_modules")
NODE = shutil.which("node")

needs_node = [
    pytest.mark.node,
    pytest.mark.skipif(
        NODE is None or not (MODULES / "mailparser").is_dir(), reason="no Node with the packages of .ci/node"
    ),
]
"""The marks of a test that asks one of them."""


def ask(judge: str, request: object) -> Any:
    """What a judge (parse, validate, clients, browse) answers."""
    done = subprocess.run(
        [str(NODE), str(Path(__file__).with_name("ask.cjs")), judge],
        input=json.dumps(request),
        env={**os.environ, "NODE_PATH": str(MODULES)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
