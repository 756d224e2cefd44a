"""Prints our keywords beside jieba's tf-idf for blind judging: python tests/quality/compare_keywords.py --data FILE.

Two unlabelled columns, shuffled by a hash of the article's id; the key goes to a second file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

from digest import summarize
from digest.rank.language import simplify


def main() -> None:
    """Print the two lists of every article and write which column is whose."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="JSONL with id, title and text")
    parser.add_argument("--key", type=Path, default=Path("keywords.key.json"), help="where the key is written")
    parser.add_argument("-n", type=int, default=50, help="how many articles, evenly from the file")
    parser.add_argument("--seed", default="", help="another shuffle")
    asked = parser.parse_args()
    rows = [json.loads(line) for line in asked.data.read_text("utf-8").splitlines() if line.strip()]
    key = {}
    for row in rows[:: max(1, len(rows) // asked.n)][: asked.n]:
        ours_first = ours_is_first(row["id"], asked.seed)
        lists = [list_ours(row), list_tfidf(row)]
        print(show(row, lists if ours_first else lists[::-1]))
        key[row["id"]] = "A" if ours_first else "B"
    asked.key.write_text(json.dumps(key, ensure_ascii=False, indent=1) + "\n", "utf-8")


def ours_is_first(identity: str, seed: str) -> bool:
    """Whether our list is column A for an article."""
    return hashlib.sha256(f"{seed}{identity}".encode()).digest()[0] % 2 == 0


def list_ours(row: dict[str, Any]) -> list[str]:
    """Our keywords of an article."""
    return list(summarize(row["text"], title=row.get("title")).keywords)


def list_tfidf(row: dict[str, Any]) -> list[str]:
    """What jieba's tf-idf takes from the title and the simplified text."""
    import jieba.analyse

    return list(jieba.analyse.extract_tags(f"{row.get('title') or ''}\n{simplify(row['text'])}", topK=5))


def show(row: dict[str, Any], columns: list[list[str]]) -> str:
    """One article: its headline or opening, then both lists."""
    head = row.get("title") or row["text"][:60].replace("\n", " ")
    return f"{row['id']}  {head}\n  A  {' · '.join(columns[0])}\n  B  {' · '.join(columns[1])}\n"


if __name__ == "__main__":
    main()
