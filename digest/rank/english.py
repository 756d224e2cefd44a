"""Trimming in English: the openings of a sentence that stand without their tail, cut at , ; : and dashes of thought.

Far more careful than in Chinese, because an English comma rarely ends a statement: a tail may go where it plainly
only adds (which …, adding …, according to …, up 3 percent), and only a bare time or a medium may go in front.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SHORTEST = 30
"""A run of fewer letters says too little to stand alone."""

_TIME = re.compile(
    r"^(?:On|In|By|Since|Last|This|Earlier|At|During) (?:[A-Z][a-z]{2,8}\.?|the|this|last|early|late|\d|week|month|"
    r"year|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)[^,;:]{0,30}$"
)
_MEDIUM = re.compile(r"^(?:According to|As reported by)\b[^,;:]{0,80}$|^[^,;:]{0,60}\b(?:reported|data showed)$")
_CONDITION = re.compile(
    r"\b(?:If|Unless|Although|Though|While|Because|When|Once|Whether|Even if|Since|As|After|Before)\b"
)
_ADDS = re.compile(
    r"^\s*(?:which|who|whose|where|while|with|adding|including|according|up|down|compared|as|after|before|and|an?|the|"
    r"[a-z]+ing\b|[a-z]+ed\b|its|his|her|their|head|director|spokes|chair|\d)|^\s*the [A-Z]",
)
_TURNS = re.compile(r"^\s*(?:but|yet|although|though|however|except|unless|or|nor|instead|rather|not)\b")
_TAKES_BACK = re.compile(
    r"\b(?:provided|assuming|pending|if|unless|den(?:y|ie[sd])|false(?:ly)?|claim(?:s|ed)?|abandoned|retracted|"
    r"rumou?rs?|disputed?|cancell?ed|postponed|approv(?:e|al))\b"
)
_RELATIVE = re.compile(r"^\s*(?:which|who|whose|where|when)\b")
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|shall|should|do|does|did|said|says|took|made|"
    r"went|came|won|lost|fell|rose|grew|met|held|began|found|gave|got|ran|saw|told|set|put|cut|left|led|kept|"
    r"opens?|bars?|caps?|plans?|wants?|needs?|faces?|[a-z]{2,}ed)\b"
)
_SPEAKS = re.compile(r"\b(?:said|says|told|added|warned|announced|reported|that|and|or|the|of|to|is|are|was)$")


def english_runs(body: str, ends: Sequence[int]) -> list[tuple[int, int]]:
    """Return `(start, end)` of the runs of clauses of `body` that stand alone, the whole left aside.

    `ends` are the offsets behind its clauses, the last one its length.
    """
    starts = [0, *ends[:-1]]
    clauses = [body[start:end].strip(" \n,;:") for start, end in zip(starts, ends, strict=True)]
    fronts = [0]
    if len(clauses) > 1 and (_TIME.search(clauses[0]) or _MEDIUM.search(clauses[0])):
        fronts.append(1)
    runs = []
    for i in fronts:
        for j in range(i, len(clauses)):
            last = j == len(clauses) - 1
            if (i or not last) and _stands(clauses, i, j):
                start = starts[i] + len(body[starts[i] : ends[i]]) - len(body[starts[i] : ends[i]].lstrip())
                runs.append((start, ends[j] if last else starts[j] + len(body[starts[j] : ends[j]].rstrip()) - 1))
    return runs


def _stands(clauses: Sequence[str], i: int, j: int) -> bool:
    """Whether the run from clause `i` to clause `j` is a sentence and nothing behind it takes it back."""
    kept, gone = clauses[i : j + 1], clauses[j + 1 :]
    text = ", ".join(kept)
    if len(text) < SHORTEST or text.count('"') % 2 or _SPEAKS.search(text):
        return False
    told = [clause for clause in kept if not _RELATIVE.search(clause) and not _TIME.search(clause)]
    if _CONDITION.match(kept[0]) and not _TIME.search(kept[0]):
        told = told[1:]
    if not any(_VERB.search(clause) for clause in told):
        return False
    if "not only" in text and "but" not in text.split("not only")[1]:
        return False
    if not gone:
        return True
    return bool(_ADDS.search(gone[0])) and not any(
        _TURNS.search(clause) or _TAKES_BACK.search(clause) for clause in gone
    )
