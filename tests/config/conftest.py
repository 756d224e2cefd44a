"""A folder with a configuration of two editions that a person wrote, with remarks."""

from __future__ import annotations

from pathlib import Path

import pytest

OWN = """\
# 我的配置
version = 1
timezone = "Asia/Shanghai"   # 时区

# [mail]
# preset = "qq"

[collect]
seconds = 20
# [[source]] 以下是来源

[[source]]
name = "samples"
kind = "folder"
path = "samples"

[[source]]
name = "www.example.cn"
kind = "feed"
url = "https://www.example.cn/feed.xml?token=geheim-1"
headers = { Authorization = "geheim-2", Referer = "$REF" }

# --- 版 ---
[[edition]]
name = "daily"
recipients = [
  "a@example.cn",  # 局长
  "b@example.cn",
]
schedule = { at = "08:00", days = "workdays" }   # 每天
# 以上是日报

[[edition]]
name = "weekly"
schedule.days = "weekly:mon"
summary.chars = 90
[[edition.section]]
title = "财经"
words = ["央行"]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file."""
    made = tmp_path / "digest.toml"
    made.write_text(OWN, encoding="utf-8")
    return made
