"""What the fields of an article are called in JSON, by the programs of every house."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_NAMES = {
    "title": "title headline doctitle articletitle newstitle infotitle showtitle listtitle maintitle subject topic bt "
    "name",
    "url": "url link href docpuburl puburl arturl articleurl newsurl infourl detailurl pageurl weburl linkurl "
    "sourceurl shareurl jumpurl docurl permalink",
    "date": "publishtime publishdate publishedat published pubdate pubtime docreltime docpubtime releasetime "
    "releasedate showtime displaytime issuetime datetime date datepublished time createtime createdate createdat ctime "
    "addtime inputtime updatetime updatedat modifytime",
    "text": "text content contenthtml contenttext articlecontent doccontent body htmlcontent article description "
    "summary digest abstract intro brief memo",
    "author": "author authorname byline writer",
    "site": "source sourcename site sitename media medianame publisher docsourcename contentsource origin",
    "language": "language lang",
    "image": "headimg image imageurl coverimage cover coverurl thumbnail thumb picurl imgurl titleimg titlepic",
}
_FIELDS = {field: tuple(names.split()) for field, names in _NAMES.items()}
"""In small letters without - and _, the surest name first."""


def usual_values(row: Mapping[Any, Any], field: str) -> Iterator[Any]:
    """Yield what `row` holds under the usual names of `field`, one of those above."""
    keys = {re.sub(r"[-_]", "", str(key)).lower(): key for key in row}
    yield from (row[keys[name]] for name in _FIELDS[field] if name in keys and row[keys[name]] not in (None, ""))


def usual_value(row: Mapping[Any, Any], field: str) -> Any:
    """Return the first of them, or None."""
    return next(usual_values(row, field), None)
