"""The news of many months: four sources on disk that grow and shrink by the day, repeat each other, and are away."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import cycle
from pathlib import Path
from random import Random

SHANGHAI = timezone(timedelta(hours=8))
KEPT = timedelta(days=24)
"""A source shows its articles for so long: longer than any edition can be without an issue."""

PLACES = ("赤岭", "墨河", "双桥镇", "安澜", "云溪", "北屿", "金沙湾", "古渡", "长亭", "松原里", "玉泉", "白石")
MATTERS = ("自来水改造", "夜班公交", "社区食堂", "危桥加固", "校车线路", "渔港清淤", "旧楼电梯", "雨水花园", "山地步道")
KINDS: Mapping[str, str] = {"wire": "folder", "paper": "jsonl", "gazette": "folder", "mirror": "folder"}
"""The sources: `gazette` knows only the day of its articles, `mirror` repeats what the others have told."""


@dataclass(frozen=True, slots=True)
class Story:
    """One article as a source publishes it; a copy has the words of another."""

    number: int
    source: str
    out: datetime
    title: str
    text: str

    @property
    def url(self) -> str:
        """Its address, which nobody asks for."""
        return f"https://{self.source}.example/{self.out:%Y/%m}/{self.number}.html"

    def record(self) -> str:
        """Its line of JSON."""
        date = f"{self.out:%Y-%m-%d}" if self.source == "gazette" else self.out.isoformat()
        return json.dumps(
            {"title": self.title, "text": self.text, "url": self.url, "date": date, "site": self.source},
            ensure_ascii=False,
        )


def made_up() -> list[tuple[str, str]]:
    """Titles and texts of our own, for where no others are given."""
    return [
        (f"{place}{matter}今起施工", _tell(place, matter, at, of))
        for at, place in enumerate(PLACES)
        for of, matter in enumerate(MATTERS)
    ]


def _tell(place: str, matter: str, at: int, of: int) -> str:
    return (
        f"{place}的{matter}今天开工，计划投资{(at + 3) * (of + 2)}万元，工期{of + 2}个月。"
        f"{place}有关部门介绍，{matter}由居民在议事会上提出，先后征求了{at * 40 + of + 90}户的意见。\n"
        f"施工期间每天7点到19点围挡，{place}的商户照常营业。完工后由街道和业主代表一起验收。"
    )


def read_stories(path: Path, longest: int = 400) -> list[tuple[str, str]]:
    """Titles and texts of a JSON Lines file, without what is too short to tell apart; long ones are cut at a line."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = row["text"][:longest]
        text = text[: text.rfind("。") + 1] or text
        if len(text) >= 60 and row["title"].strip():
            found.append((" ".join(row["title"].split()), text))
    return found


@dataclass
class News:
    """Publishes on disk what is out at a moment; `stories` are all that will ever be out, the earliest first."""

    folder: Path
    chance: Random
    told: Sequence[tuple[str, str]]
    begin: datetime
    days: int
    a_day: int
    stories: list[Story] = field(default_factory=list)
    away: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        pool = [*self.told]
        self.chance.shuffle(pool)
        end = self.begin + timedelta(days=self.days)
        planned = [story for story in self._plan(cycle(pool)) if story.out < end]
        self.stories = sorted(planned, key=lambda story: (story.out, story.number))
        self._shown: dict[str, tuple[int, ...]] = {}

    def _plan(self, pool: Iterator[tuple[str, str]]) -> Iterator[Story]:
        """The stories of all days; one of seven comes again in `mirror`, within hours or some days later."""
        number = 10_000
        for day in range(-2, self.days):
            for source in ("wire", "paper", "gazette"):
                for _ in range(self.chance.randint(self.a_day // 2, self.a_day + self.a_day // 2)):
                    number += 1
                    out = self.begin + timedelta(days=day, minutes=self.chance.randrange(1440))
                    title, text = next(pool)
                    own = f"{text}\n这是{source}在{out:%Y年%m月%d日}登出的第{number}号报道。"
                    story = Story(number, source, out, f"{title} 第{number}号", own)
                    yield story
                    if self.chance.random() < 1 / 7:
                        number += 1
                        later = out + timedelta(hours=self.chance.choice((1, 5, 30, 100)))
                        yield Story(number, "mirror", later, story.title, story.text)

    def path(self, source: str) -> Path:
        """Where the configuration says that the source is."""
        return self.folder / (f"{source}.jsonl" if KINDS[source] == "jsonl" else source)

    def show(self, now: datetime) -> None:
        """Bring the disk to what is out now, and take away what is old; a source that is away is not there."""
        for source in KINDS:
            shown = [s for s in self.stories if s.source == source and now - KEPT < s.out <= now]
            if source in self.away:
                self._write(source, None)
            elif source not in self._shown or self._shown[source] != tuple(s.number for s in shown):
                self._write(source, shown)

    def _write(self, source: str, shown: Sequence[Story] | None) -> None:
        path = self.path(source)
        self._shown.pop(source, None)
        if shown is None:
            path.rename(path.with_name(f".{path.name}")) if path.exists() else None
            return
        hidden = path.with_name(f".{path.name}")
        hidden.rename(path) if hidden.exists() else None
        self._shown[source] = tuple(story.number for story in shown)
        if KINDS[source] == "jsonl":
            path.write_text("".join(f"{story.record()}\n" for story in shown), encoding="utf-8")
            return
        path.mkdir(exist_ok=True)
        days: dict[str, list[str]] = {}
        for story in shown:
            days.setdefault(f"{story.out.astimezone(UTC):%Y-%m-%d}.jsonl", []).append(story.record())
        for old in {entry.name for entry in path.iterdir()} - days.keys():
            (path / old).unlink()
        for name, lines in days.items():
            body = "".join(f"{line}\n" for line in lines)
            if not (path / name).exists() or (path / name).read_text(encoding="utf-8") != body:
                (path / name).write_text(body, encoding="utf-8")

    def out_before(self, moment: datetime) -> list[Story]:
        """What was out before a moment."""
        return [story for story in self.stories if story.out <= moment]
