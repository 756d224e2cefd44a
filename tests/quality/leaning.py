"""How many summaries print a sentence that leans on one they leave out: 他 该 对此 此外, a quotation by nobody.

    python tests/quality/leaning.py --data FOLDER [--sets zaobao,meeting] [--limit 150] [--chars 120]

FOLDER holds *.jsonl, a set a file: an object a line with text and title (or null).  Beside ours stand the sentences
that the same budget holds from the beginning (lead), and the best-ranked ones without regard to what they lean on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, it stands in its own folder

import digest
from digest.model import Sentence, Summary
from digest.rank.forms import leans


def read_rows(folder: Path, sets: Iterable[str], limit: int) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """Yield every wanted set with its texts and titles."""
    wanted = [name for name in sets if name]
    for path in sorted(folder.glob("*.jsonl")):
        if not wanted or path.stem in wanted:
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:limit]]
            yield path.stem, [(row["text"], row["title"]) for row in rows]


def misleads(printed: Iterable[Sentence]) -> bool:
    """Return whether a sentence leans on the one before it, and that one is not printed."""
    chosen = list(printed)
    places = {sentence.index for sentence in chosen}
    return any(leans(sentence.text) and sentence.index - 1 not in places for sentence in chosen)


def take_best(summary: Summary, chars: int, *, by_rank: bool) -> list[Sentence]:
    """Return the whole sentences that fit, by rank or from the beginning, whatever they lean on."""
    sentences = [v.sentence for v in summary.verdicts if v.sentence.text.strip()]
    order = sorted(sentences, key=lambda s: (-s.score, s.index)) if by_rank else sentences
    taken: list[Sentence] = []
    used = 0
    for sentence in order:
        used += len(sentence.text.strip())
        if used > chars and taken:
            break
        taken.append(sentence)
    return taken


def main() -> None:
    """Print a row a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", default="")
    parser.add_argument("--limit", type=int, default=150)
    parser.add_argument("--chars", type=int, default=120)
    wanted = parser.parse_args()
    print("| set | texts | lead | best-ranked | ours |\n|---|---|---|---|---|")
    for name, rows in read_rows(wanted.data, wanted.sets.split(","), wanted.limit):
        counts = [0, 0, 0]
        for text, title in rows:
            ours = digest.summarize(text, title=title, chars=wanted.chars)
            whole = digest.summarize(text, title=title, chars=wanted.chars, trim=False)
            others = (take_best(whole, wanted.chars, by_rank=rank) for rank in (False, True))
            for i, printed in enumerate((*others, ours.sentences)):
                counts[i] += misleads(printed)
        print(f"| {name} | {len(rows)} | " + " | ".join(f"{100 * n / len(rows):.1f} %" for n in counts) + " |")


if __name__ == "__main__":
    main()
