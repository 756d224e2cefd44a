"""Which of China's provinces, cities and counties an article is about.

A name is found where it stands, the longest first; what a street (南京路), a company (北京奔驰) or the clock (北京时间)
only borrows from a place is none.  A name of several counties (朝阳区) needs one of its parents in the article, and one
that is an ordinary word (白银) a parent right before it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

from digest.model import Article
from digest.rank.language import simplify

_LEAD, _HEAD, _READ = 100, 300, 3000
_OFTEN = 3
_LIST = 4
"""So many places in a row (北京、上海、广州、深圳等地) are examples: the article is about none of them."""

_BORROWED = re.compile(
    "[东西南北中]?路|大道|时间(?!内)|坠子|奔驰|现代(?!化)|吉普|大众(?!点评)|通用(?!航空)|银行|证券|航空(?!港|枢纽|口岸)"
    "|(?:人民|青年|经济|科技|法治|都市|都市快|证券|农民|工人)?(?:日报|晚报|晨报|早报|商报|快报|时报|都市报|报讯|报业)|青年报|卫视|电视台"
    "|广播|新闻网|网讯|客户端|烤鸭|火腿|啤酒|老窖|汾酒|白药|茅台(?!镇)|毛尖|方言|话(?![题剧])|梆子|评弹"
    "|(?:理工|师范|交通|工业|科技|医科|农业|林业|外国语|财经|中医药|工商|邮电|航空航天|政法|体育|民族|传媒|海洋)?(?:大学(?!城|生)|学院)"
    "|合作组织|《|(?!设立|成立|发起|推出|启动)[\u4e00-\u9fff]{0,2}(?:创投|资本(?!市场)|基金|国贸|国科|金控)"
)
"""What follows a name that does not stand for the place."""

_PHRASES = frozenset(
    re.findall(
        r"\w+",
        """
        长春花 大理石 大理寺 中山装 中山陵 中山舰 孙中山 周口店 北海道 北海舰队
        黄石公园 黄石国家公园 德州扑克 德州仪器 长治久安 世界大同 大同小异 阿里巴巴 文山会海 奥巴马
        多伦多 日照时 日照强 日照充足 日照条件 光照时 出海口 入海口 沿海口岸 黄河南岸
        黄河北岸 黄河南北 大河南北 湘江西岸 长江西岸 漓江西岸 珠江西岸 海南鸡饭 开封菜 玉树临风
        桃园三结义 吉安娜 大庆祝 重大庆典 盛大庆典 隆重大庆 伊春秋 衡阳光 台东南 东京都
        澳门元 澳门币 北京人艺 北京猿人 新华社 朝阳产业
        北海公园 烟台山 乌苏里 苏达州 华达州 里达州 美国德州 吉隆坡 中南海
        """,
    )
)
"""What holds a name by chance, or means something else with it: an article on 北海公园 has no other 北海."""

_RUNS_ON = {"区": "域间别划块段位隔", "市": "场值面价盈容况民币", "县": "域", "州": "际", "旗": "帜舰袍下号"}
_CREDIT = re.compile(
    r"[（(【][^（）()【】\n]{0,40}(?:记者|通讯员|摄影|编辑|作者|供图)[^（）()【】\n]{0,60}[）)】]"
    r"|\d:\d\d[ 　]+(?:中国)?[\u4e00-\u9fff]{2,3}(?=\s)"
)
"""Who reports, and from where a post was sent (2026-01-28 00:01 浙江)."""

_AGENCY = re.compile(r"(?:新华社|中新社|中新网|人民网|央视网|本报)$")
_DATELINE = re.compile(r"\d{1,2}月\d{1,2}日(?:电|讯|消息|[（(])|[（(]记者|报道")
_JOINT = frozenset(("", "、", "和", "与", "及", "以及", "，", "·", " "))


@dataclass(frozen=True, slots=True)
class Place:
    """A division of China and those it lies in, by their full names; what it has not is empty.

    南京市鼓楼区 is `("320106", "江苏省", "南京市", "鼓楼区")`, a municipality's district has no city.
    """

    code: str
    province: str
    city: str = ""
    county: str = ""

    def __str__(self) -> str:
        return f"{self.province}{self.city}{self.county}"


@dataclass(slots=True)
class _Gazetteer:
    """The names by code, the codes by name, and the names by their first two characters, the longest first."""

    names: dict[str, str] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    guarded: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    index: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def place(self, code: str) -> Place:
        """The division with those around it."""
        city = self.names.get(f"{code[:4]}00", "") if code[2:] != "0000" else ""
        county = self.names[code] if _level(code) == _COUNTY else ""
        return Place(code, self.names[f"{code[:2]}0000"], city, county)


_PROVINCE, _CITY, _COUNTY = range(3)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name in a text, and the divisions it may mean: none where it is only borrowed."""

    start: int
    end: int
    name: str
    codes: tuple[str, ...] = ()


def find_places(article: Article) -> tuple[Place, ...]:
    """Return the places an article is about, in the order they appear: each the smallest of its chain.

    They stand in the title or the lead, or come again and again, the first lines counting twice.  The dateline
    新华社北京…电 does not count: the agency's seat says nothing about the news.
    """
    opening = f"{article.title[:_HEAD]}\n"
    text = _CREDIT.sub(lambda credit: "　" * len(credit[0]), simplify(f"{opening}{article.text[:_READ]}"))
    mentions = _resolve(_mentions(text), _hints(article))
    weights: Counter[str] = Counter()
    for mention, in_list in _chains(mentions, text):
        for code in _chain(mention.codes[0]):
            weights[code] += _weight(mention.start - len(opening), in_list)
    about = [code for code, weight in weights.items() if weight >= _OFTEN]
    return tuple(_gazetteer().place(code) for code in about if not any(_within(other, code) for other in about))


def _weight(at: int, in_list: bool) -> int:
    """What a mention says, `at` characters behind the title: in it or the lead it is enough, one of many is little."""
    if at < 0 or (at < _LEAD and not in_list):
        return _OFTEN
    return 2 if at < _HEAD and not in_list else 1


def _chain(code: str) -> tuple[str, ...]:
    """The division and those it lies in, the largest first."""
    return tuple(c for c in dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code)) if c in _gazetteer().names)


def is_known(name: str) -> bool:
    """Whether a name means a division, in full or in short: 江苏, 南京市, 江苏南京."""
    return bool(_meant(simplify(name)))


def lies_in(place: Place, name: str) -> bool:
    """Whether the place is what `name` means, or lies in it: 南京 lies in 江苏 and in 江苏省."""
    return any(code == place.code or _within(place.code, code) for code in _meant(simplify(name)))


@lru_cache(maxsize=1024)
def _meant(name: str) -> tuple[str, ...]:
    """The codes a name of its own may mean; of 江苏南京 those of its last part that lie in the first."""
    known = _gazetteer()
    plain = name.strip()
    if plain in known.codes:
        return tuple(known.codes[plain])
    mentions = _mentions(plain)
    whole = mentions and sum(m.end - m.start for m in mentions) == len(plain) and all(m.codes for m in mentions)
    if not whole:
        return ()
    return tuple(
        code for code in mentions[-1].codes if all(any(_within(code, c) for c in m.codes) for m in mentions[:-1])
    )


def _level(code: str) -> int:
    return _PROVINCE if code.endswith("0000") else _CITY if code.endswith("00") else _COUNTY


def _within(code: str, other: str) -> bool:
    """Whether a division is a part of another one."""
    prefix = other[: 2 * (_level(other) + 1)]
    return code != other and _level(other) < _level(code) and code.startswith(prefix)


@cache
def _gazetteer() -> _Gazetteer:
    known = _Gazetteer()
    for line in files("digest").joinpath("data/places.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, *names = line.split()
            known.names[code] = names[0].lstrip("?")
            for name in names:
                known.codes[name.lstrip("?")].append(code)
                if name.startswith("?"):
                    known.guarded[name[1:]].add(code)
    for name, codes in known.codes.items():
        free = [code for code in codes if code not in known.guarded.get(name, ())]
        top = min(map(_level, free), default=_COUNTY)
        # 吉林 is the province, and 长沙 the city: what lies lower has its full name.
        known.codes[name] = [code for code in codes if _level(code) <= top or code not in free]
    for name in sorted({*known.codes, *_PHRASES}, key=lambda name: (-len(name), name)):
        known.index[name[:2]].append(name)
    return known


def _mentions(text: str) -> list[_Mention]:
    """The names in a text from left to right; where two overlap the longer one, then the higher one, is meant."""
    found = sorted(_candidates(text), key=lambda m: (m.start - m.end, min(map(_level, m.codes), default=0), m.start))
    taken: set[int] = set()
    kept = []
    for mention in found:
        span = range(mention.start, mention.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def _candidates(text: str) -> Iterator[_Mention]:
    known = _gazetteer()
    index = dict(known.index)
    for start in range(len(text) - 1):
        for name in index.get(text[start : start + 2], ()):
            end = start + len(name)
            if text.startswith(name, start) and not (end < len(text) and text[end] in _RUNS_ON.get(name[-1], "")):
                borrowed = name not in known.codes or _is_borrowed(text, start, end)
                yield _Mention(start, end, name, () if borrowed else tuple(known.codes[name]))
                break


def _is_borrowed(text: str, start: int, end: int) -> bool:
    """Whether what stands around a name shows that it does not stand for the place."""
    name = text[start:end]
    if name == "北京" and (_DATELINE.match(text, end) or _AGENCY.search(text, max(0, start - 4), start)):
        return True
    return not _is_full(name) and _BORROWED.match(text, end) is not None


def _is_full(name: str) -> bool:
    return len(name) > 2 and name[-1] in "省市县区旗州盟"


def _hints(article: Article) -> tuple[str, ...]:
    """The places that the site is named for: a 朝阳区 in 北京日报 is that of Beijing."""
    known = _gazetteer()
    names = [m.name for m in _mentions(simplify(f"{article.site} {article.source}"))]
    return tuple(code for name in names for code in known.codes.get(name, ()))


def _resolve(mentions: Sequence[_Mention], hints: Iterable[str]) -> list[_Mention]:
    """The mentions that can mean one division only, given those before them and around them."""
    known = _gazetteer()
    sure = {m.codes[0] for m in mentions if len(m.codes) == 1 and m.codes[0] not in known.guarded.get(m.name, ())}
    around = (*sure, *hints)
    phrases = {m.name for m in mentions if m.name in _PHRASES}
    resolved: list[_Mention] = []
    for mention in mentions:
        if not _is_full(mention.name) and any(mention.name in phrase for phrase in phrases):
            continue
        before = resolved[-1] if resolved and resolved[-1].end == mention.start else None
        codes = _narrow(mention, before, around, known.guarded)
        if len(codes) == 1:
            resolved.append(_Mention(mention.start, mention.end, mention.name, codes))
    return resolved


def _narrow(
    mention: _Mention, before: _Mention | None, around: Iterable[str], guarded: Mapping[str, set[str]]
) -> tuple[str, ...]:
    """The codes a mention may mean: those in the place right before it, else those in some place of the article."""
    if before and (inside := tuple(code for code in mention.codes if _within(code, before.codes[0]))):
        return inside
    free = tuple(code for code in mention.codes if code not in guarded.get(mention.name, ()))
    if len(free) < 2:
        return free
    return tuple(code for code in free if any(_within(code, other) for other in around))


def _chains(mentions: Sequence[_Mention], text: str) -> Iterator[tuple[_Mention, bool]]:
    """The last mention of every chain (江苏南京), and whether it stands in a row of many."""
    runs: list[list[_Mention]] = []
    for mention in mentions:
        last = runs[-1][-1] if runs else None
        if last is None or text[last.end : mention.start] not in _JOINT:
            runs.append([mention])
        elif last.end == mention.start and _within(mention.codes[0], last.codes[0]):
            runs[-1][-1] = mention
        else:
            runs[-1].append(mention)
    for run in runs:
        for mention in run:
            yield mention, len(run) >= _LIST
