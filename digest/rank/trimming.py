"""Trimming: which contiguous clauses of a long sentence stand alone, as a sentence that says nothing new.

Judged clause by clause in simplified characters, by opening and closing words and the dictionary's parts of speech:
a run keeps its subject, its negation, its speaker and both sides of a pair, or it is no run.  Knight and Marcu,
"Statistics-Based Summarization" (AAAI 2000) drop what may go from anywhere; here only the front and the end may go, so
that what remains is one slice of the source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from digest.rank.clauses import clause_ends
from digest.rank.english import english_runs
from digest.rank.language import HAN
from digest.rank.lexicon import part_of_speech

SHORTEST = 12
"""A run of fewer characters says too little to stand alone."""

_CLAUSES = 16
"""No longer run is looked for, nor one that begins further in: a sentence of a hundred clauses is a list, or broken."""

_HAN = re.compile(HAN)
_SPEAKS = re.compile(
    r"(?:说|道|表示|称|指出|强调|要求|认为|提出|介绍|告诉|告诉\S{1,4}|坦言|透露|显示|表明|获悉|了解到?|报道|消息|宣布|明确|提到|写道|回应|呼吁|建议|预计|预测|判断|警告|"
    r"公告|通告|承认|解释|补充|直言|感叹|回忆|注意到|发现|看到|指|讲|谈到|问|答|喊|通报|包括|如下|分别是|是|为|有|即|重申|希望|相信|看来|反映|证实|声明|主张|提醒|(?<![合反照守])规定|提示|认定|决定|"
    r"承诺|确认|披露|声称|宣称|坚称|分析|分析称|研判|评价|补充说|批示|指示|估计|强调说|通知|裁定|判决|约定|同意|获知|得知|证明|说明)$"
)
_MEDIUM = re.compile(
    r"^(?:据|根据)[^，,“]{0,24}(?:报|社|网|台|媒|媒体|新闻|客户端|电视|杂志|周刊|公众号|外电)[^，,“]{0,20}(?:报道|消息|披露|援引)?$"
    r"|^(?:据|根据)[^，,“]{0,30}(?:统计|数据|测算|监测)(?:显示)?$"
    r"|^[^，,“]{0,36}(?:数据|统计|调查|研究|财报|监测|预报)(?:结果)?(?:显示|表明)$"
    r"|^(?:日前|近日|\d+日)?(?:记者|本报|本网)?[^，,“]{0,6}(?:获悉|了解到|注意到)$|^记者[^，,“]{0,25}(?:获悉|了解到)$"
    r"|^(?:据悉|据了解|据介绍|据统计|据报道|报道称)$"
)
"""Who reported or counted it: the report stands without.  Not so a ministry, a verdict or a bystander."""

_TIME = re.compile(
    r"^(?:当地时间|北京时间)?(?:\d{1,4} ?[年月日时点]|近日|日前|昨[天日晚]?|今[天日晨年晚早]|当[日天晚]|目前|近期|"
    r"近年来?|此前|截至|截止|上周|"
    r"本周|去年|前不久|连日来|最近|"
    r"[一二三四五六七八九十]+月|自\d|早些时候|本月|上月|今明|春节|国庆|假期|入夜|白天|清晨|凌晨|傍晚)"
)
_FRAME = re.compile(
    r"^(?:为了?(?!首|一|期|此|人|民)|围绕|随着|伴随着?|在|当|根据|按照|依据|依照|遵照|经(?!济|营|过去)|通过(?!了)|针对|面对|鉴于|结合|自从?|从|对于|关于|作为|除(?!非)|继|受|"
    r"对(?!方|手|话|口|标|接|照)|就(?!业|是|地)|以(?!及|色|上|下|内|外|来|往)|本着|着眼|立足|沿着)"
)
_FRAME_END = re.compile(
    r"(?:时|后|前|期间|之际|以来|年来|月来|天来|之后|之前|中|下|上|里|同时|当天|当日|之时|之余|之外|基础上|方面|起|以后|以前|伊始|之初|的话|影响)$"
)
_PURPOSE = re.compile(
    r"[\u3400-\u9fff]为(?:让|了|进一步|更好|确保|推动|加快|推进|促进|规范|加强|保障|落实|贯彻|解决|方便)"
)
"""A subject that goes on to its purpose: 民政局为让失能老人获得照护， neither may go nor stand."""

_BINDS = re.compile(
    r"\d{4} ?年|[去前]年|此前|年前|世纪|以往|过去|当年|当时|历史上|早在|曾|^每|^逢|^由|^(?:据|根据|按照)[^，]*(?:决定书|判决|公告|通报|声明|消息|说法|介绍|"
    r"透露|博文|微博|网友|爆料)"
)
"""What may not go: a time long gone (the news would seem to be of today), who said or did it, a rule (每…都)."""

_COLLOQUIAL = re.compile(r"我觉得|就是说|这个.*这个|那个|咱们|对吧|是吧|然后|啊[，。]|呢[，。]|嗯|那么|的话，")
"""A talk is not trimmed: its commas part breaths, not clauses."""

_TOPIC = re.compile(
    r"(?:来看|来说|而言|来讲)$|^(?:惊悉|欣悉|欣闻)|^(?:再?加上|除了)|^[这那该此其][^，]*的[^，是有为]{1,6}$"
)
"""A clause that only raises what the next one is about: 就双方关系来看  这句嘱托  惊悉客机失事."""

_ALSO = re.compile(r"也|亦|还|同样|同样|另外|其他|其余|同步|“[^”]*[这那他她该]")
_VERBAL_NOUNS = frozenset(
    (
        "投资",
        "消费",
        "生产",
        "贸易",
        "出口",
        "进口",
        "销售",
        "收入",
        "支出",
        "就业",
        "教育",
        "旅游",
        "交通",
        "运输",
        "研究",
        "调查",
        "报告",
        "会议",
        "活动",
    )
    + ("比赛", "考试", "讲话", "规划", "改革", "报名", "招生", "招聘", "供应", "需求", "采购")
)
"""Verbal nouns (vn) that do stand first as a subject: 投资增长  出口回升."""

_HOLDS_SUBJECT = re.compile(r"^[^，]{4,}(?:在|于|就|应|回应|针对)[^，]*$")
"""发言人蒋某星期四在记者会上， holds the subject of what follows."""

_CONNECTIVE = re.compile(
    r"^(?:此外|另外|同时|与此同时|对此|为此|据此|不过|因此|接下来|下一步|随后|其次|最后|首先|总之|事实上|实际上|一般来说|总体来看|总体上|总的来看|具体来看|"
    r"具体而言|值得注意的是|值得关注的是|值得一提的是|需要注意的是)$"
)
_PAIRS = (
    (
        re.compile(r"如果|如(?=[\u3400-\u9fff]{2,8}未)|若(?!干)|假如|要是|倘若|一旦|万一"),
        re.compile(r"就|则|将|应|须|便|也|才|由|可"),
    ),
    (re.compile(r"只要"), re.compile(r"就|便|都|即|可")),
    (re.compile(r"只有|除非"), re.compile(r"才|否则|不得|不能|不")),
    (re.compile(r"凡(?!是)|凡是"), re.compile(r"都|均|应|须|一律|必须|可")),
    (re.compile(r"无论|不论|不管"), re.compile(r"都|也|均|始终|一律|全部|将")),
    (re.compile(r"虽然|虽(?!说)|尽管|固然"), re.compile(r"但|却|然而|可是|仍|还是|不过")),
    (re.compile(r"即使|即便|哪怕|纵然"), re.compile(r"也|仍|都")),
    (re.compile(r"不仅|不但|不只|不光|不单"), re.compile(r"而且|还|也|更|并且|甚至|而是")),
    (re.compile(r"与其"), re.compile(r"不如")),
    (re.compile(r"宁可|宁愿"), re.compile(r"也")),
    (re.compile(r"(?<!是)因为|由于"), re.compile(r"，")),
    (re.compile(r"之所以"), re.compile(r"是因为|因")),
    (re.compile(r"(?<!另)一方面"), re.compile(r"另一方面")),
    (re.compile(r"既(?!有|定|得|往|然)"), re.compile(r"又|也|还")),
    (re.compile(r"(?<!，)一边"), re.compile(r"一边")),
    (re.compile(r"不是"), re.compile(r"而是|就是")),
    (re.compile(r"^除(?!夕|湿|尘|名|草|此|冰|雪|霜|险|非)"), re.compile(r"，")),
)
"""One side of a pair is never printed without the other."""

_LINKED = re.compile(
    r"^[“‘]?(?:但|却|而|并|且|也|还|则|就|才|都|更|再|又|因此|因而|所以|从而|以(?!色列|上|下|内|外|来|往)|使|让|令|致|导致|其|该|此|这|那|他|她|它|另外?|同时|不过|然而|"
    r"否则|或|及|和|与|即|如|例如|比如|甚至|尤其|特别|包括|分别|同比|环比|于是|进而|力争|确保|为|对|反|仍|均|共|将|已|曾|正|可|能|会(?!议|晤|员|展)|应|须|要|不(?!锈)|没|未|"
    r"无(?!锡|人|线)|有|是|等|之|的|地(?!方|铁|震|区)|得|被|把|向|从|由|给|最(?!高)|很|较|约|近|超|达|至|各|双方|[两三四]地|[两三四][市县省国]|两者|前者|后者|自己|本人|[二三四五六七八九十]是|"
    r"[二三四五六七八九十]要|第?[二三四五六七八九十]、|其中|当中|累计|合计|平均|预计|总计|占|每|随之|随即|继续|进一步|切实|着力|不断|相关|有关|上述|所谓|尚|只|仅|几|许多|多|"
    r"部分|一些|某|院方|馆方|校方|园方|店方|警方|当地|期间|辖区|此间|会上|会后|现场|"
    r"全长|总投资|面积|总额|总量|金额|人数|数量|产值|增速|增幅|降幅|涨幅|跌幅|占比|比重|年龄|身高|价格|规模|时间|地点|目的|原因|总面积|总长|总建筑|项目总|预算|概算|成交|净利|营收|"
    r"归母|扣非|毛利|目标价|跌|涨|升|降|规定|要求|明确|提出|强调|提醒|呼吁|建议|决定|计划|公司(?=[股于自拟将与的])|本公司|集团(?=[股于自拟将])|全年|同期|当年|当月|翌日|次日)"
)
"""Openings that lean on what stood before."""

_LEANS_BACK = re.compile(
    r"^(?:但|却|然而|不过|可是|而非|而不是|而是|否则|只是|才|就(?!业)|则|便|所以|因此|因而|故|也|还|而且|并且|更|又|都(?!市)|甚至|尽管|虽然|不如|以免|除非|除外|等|即[^将使墨]|不得|不含|但书|以及|或者|每次|每人|每户|最多|最长|不超过|仅限|限于|跌|涨|有利于|有助于)"
)
"""Openings of a clause that the one before it may not be printed without."""

_REVERSES = re.compile(r"^(?:但|却|然而|不过|可是)|除外$")
_ACTOR = re.compile(
    r"(?:省|市|县|区|镇|部|委|局|厅|署|院|所|会|办|公司|集团|银行|大学|政府|法院|中心|协会|警方|国|军|党|队|医院|学校|厂|馆|机场|港|站)$"
)
_NAMES = frozenset(("nr", "ns", "nt", "nrt", "nrfg"))
_JOINS = frozenset(("联合", "会同", "携手", "协同", "连同", "携", "偕"))
_QUOTATION = re.compile(r"[“「『][^”」』]*[”」』]?")
_MEASURES = re.compile(r"(?:[为达超约至升降增减有占]|超过|达到|突破)\d")
_ADVERBS = frozenset(("将", "已", "已经", "正", "正在", "均", "仍", "曾", "共", "即将", "全部", "未", "不"))
_CAUSE = re.compile(r"^(?:但|而|并|也|又|且|特别是|尤其是)(?:因|由于|为|在|随着|经|从|对|通过)")
_ELLIPTIC = re.compile(r"^[^，]{1,16}?(?:为|达|约|超|占)[\d一二三四五六七八九十]")
"""广东、黑龙江为4.5%： of what, the clause before told."""

_PENDING = re.compile(
    r"(?:依托|借助|凭借|利用|围绕|针对|立足|聚焦|以[^，；]{2,20}为(?:契机|抓手|主题|引领|牵引|目标|核心|重点|依托|基础|支撑))[^，；]*$"
)
"""Means whose end is still to come: 同意两家医院依托中心，开展试点。"""

_GROUP = re.compile(r"^(?:[两二三四五]地|[两三四五][市县省国方]|双方|两者)")
_BEFORE = re.compile(r"^(?:此前|以前|过去|以往|原先|原本|起初|最初)")
_TRAILING_SPEAKER = re.compile(r"^[^“”]{1,24}(?:说|表示|称|指出|介绍|道|认为|强调|坦言|透露)[。！？!?]?$")
_FIRST_ITEM = re.compile(r"一(?:是|要|方面)|首先|第一项|其一|（一）|^有的")
_NEXT_ITEM = re.compile(r"^(?:[二三四五六七八九十](?:是|要)|其次|第[二三四五]|其二|（二）|有的)")


@dataclass(frozen=True)
class Run:
    """A slice `body[start:end]` of whole clauses that stands alone; `front` and `tail` tell what was left off."""

    start: int
    end: int
    front: bool
    tail: bool


@dataclass(frozen=True)
class _Clause:
    """One clause: its slice of the body with its mark, and its words."""

    text: str
    start: int
    end: int
    words: tuple[str, ...]

    @cached_property
    def plain(self) -> str:
        return self.text.strip().rstrip("，；：,;:。！？!?…．. ")

    @cached_property
    def unquoted(self) -> str:
        """The clause without what stands inside its quotations: a 如果 in there binds nothing out here."""
        return _QUOTATION.sub("“”", self.plain)

    @cached_property
    def mark(self) -> str:
        return self.text.strip()[-1:]

    @cached_property
    def tags(self) -> list[str]:
        """The dictionary's tag of each word; m for a number, x for an unknown word (mostly names)."""
        return [part_of_speech(word) or ("m" if word[0].isdigit() else "x") for word in self.words]

    @cached_property
    def verbs(self) -> list[bool]:
        """Which of the words may be a predicate; a verbal noun (vn) only behind an adverb or a preposition."""
        found, helped = [], False
        for word, tag in zip(self.words, self.tags, strict=True):
            verb = tag[0] == "v" and word not in _JOINS and (tag != "vn" or helped)
            found.append(verb or word in news_verbs())
            helped = helped or tag in ("d", "p", "ad")
        return found

    @cached_property
    def says_something(self) -> bool:
        """Whether it holds a predicate: a verb, an adjective, a set phrase, a measure, or a verbal noun at its end."""
        if any(self.verbs) or self.tags[-1:] == ["vn"] or _MEASURES.search(self.plain):
            return True
        return any(tag in ("a", "z", "i", "l") for tag in self.tags) or not _ADVERBS.isdisjoint(self.words)

    @cached_property
    def medium(self) -> bool:
        return bool(_MEDIUM.search(self.plain))

    @cached_property
    def announces(self) -> bool:
        """Whether a person or a body begins to speak, or a list begins."""
        return self.mark in "：:" or (bool(_SPEAKS.search(self.plain)) and not self.medium)

    @cached_property
    def frame(self) -> bool:
        """Whether it only tells when, where, why or on what basis the rest happened."""
        plain = self.plain
        if self.mark in "；;：:" and not self.medium:
            return False
        if self.medium or _CONNECTIVE.search(plain):
            return True
        if self.opens_pair:
            return False
        ends = _FRAME_END.search(plain) and len(plain) <= 30 and not _HOLDS_SUBJECT.search(plain)
        return self.when or bool(_FRAME.search(plain) or ends)

    @cached_property
    def when(self) -> bool:
        """Whether it is a bare time: 11月18日，  截至10月底，  今年以来，"""
        if not _TIME.search(self.plain):
            return False
        bare = len(self.plain) <= 16 and not any(self.verbs[1:]) and "x" not in self.tags[1:]
        return bare or bool(_FRAME_END.search(self.plain))

    @cached_property
    def opens_pair(self) -> bool:
        return any(first.search(self.unquoted) for first, _ in _PAIRS)

    @cached_property
    def subject(self) -> list[tuple[str, str]]:
        """The words and tags of the noun phrase it opens with; empty where none is or no predicate follows."""
        if _LINKED.search(self.plain) or not self.tags or self.frame or _GROUP.search(self.plain):
            return []
        phrase: list[tuple[str, str]] = []
        for word, tag, verb in zip(self.words, self.tags, self.verbs, strict=True):
            if verb or tag in ("p", "d", "ad", "c") or word in _JOINS:
                break
            if not phrase and (tag in ("r", "y", "f", "ul", "uj") or (tag == "vn" and word not in _VERBAL_NOUNS)):
                return []
            phrase.append((word, tag))
        named = [pair for pair in phrase if pair[1] not in ("t", "m", "q", "mq")]
        follows = any(self.verbs) or self.tags[-1] == "vn" or _MEASURES.search(self.plain)
        return phrase if named and follows else []

    @property
    def has_actor(self) -> bool:
        """Whether that subject is a name or a body, something that acts."""
        return any(tag in _NAMES or _ACTOR.search(word) for word, tag in self.subject) or self._unknown_names

    @property
    def _unknown_names(self) -> bool:
        """岚川与汉宁…: two words no dictionary knows, joined, are names."""
        return len(self.subject) == 1 and self.subject[0][1] == "x" and self.tags[1:3] == ["c", "x"]


@cache
def news_verbs() -> frozenset[str]:
    """Return the verbs of news that the dictionary takes for nouns (大桥通车  新馆开业), from `data/verbs.txt`."""
    lines = files("digest").joinpath("data/verbs.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def standing_runs(body: str, words: Sequence[tuple[str, int]]) -> list[Run]:
    """Return the runs of clauses of `body` that stand alone, the whole left aside.

    `body` is a sentence in simplified characters without its dateline, `words` are its words in order, each with the
    offset where it begins.
    """
    ends = clause_ends(body)
    if len(ends) == 1:
        return []
    if _COLLOQUIAL.search(body):
        return []
    if not _HAN.search(body):
        return [Run(a, b, a > 0, b < len(body.rstrip())) for a, b in english_runs(body, ends)]
    clauses = _clauses(body, ends, words)
    last = len(clauses) - 1
    runs = []
    for i in range(min(len(clauses), _CLAUSES)):
        if not _may_begin(clauses, i):
            continue
        for j in range(i, min(len(clauses), i + _CLAUSES)):
            if (i, j) != (0, last) and _may_end(clauses, i, j):
                end = clauses[j].end if j == last else clauses[j].start + len(clauses[j].text.rstrip()) - 1
                runs.append(Run(clauses[i].start, end, i > 0, j < last))
    return runs


def _clauses(body: str, ends: Sequence[int], words: Sequence[tuple[str, int]]) -> list[_Clause]:
    """The clauses with their words."""
    clauses, start, k = [], 0, 0
    for end in ends:
        own = []
        while k < len(words) and words[k][1] < end:
            own.append(words[k][0])
            k += 1
        clauses.append(_Clause(body[start:end], start, end, tuple(own)))
        start = end
    return clauses


def _may_begin(clauses: Sequence[_Clause], i: int) -> bool:
    """Whether what stands before clause `i` may go."""
    if i == 0:
        return not _CONNECTIVE.search(clauses[0].plain)
    before, here = clauses[:i], clauses[i]
    if _ELLIPTIC.search(here.plain) and not all(clause.medium for clause in before):
        return False
    if any(
        clause.announces or clause.opens_pair or _BINDS.search(clause.plain) or _PURPOSE.search(clause.unquoted)
        for clause in before
    ):
        return False
    framed = all(clause.frame for clause in before)
    if here.frame and i + 1 < len(clauses) and here.when:
        return bool(clauses[i + 1].subject) if framed else clauses[i + 1].has_actor and before[-1].mark in "；;"
    if framed:
        return bool(here.subject) or (before[-1].medium and not _LINKED.search(here.plain) and not here.frame)
    return here.has_actor and not _ALSO.search(here.plain) and (before[-1].when or not before[-1].frame)


def _may_end(clauses: Sequence[_Clause], i: int, j: int) -> bool:
    """Whether the run from clause `i` to clause `j` says a whole thing, and what follows may go."""
    kept, here, gone = clauses[i : j + 1], clauses[j], clauses[j + 1 :]
    if here.end - kept[0].start <= SHORTEST or not any(c.says_something for c in kept if not c.frame):
        return False
    if i and any(_GROUP.search(clause.plain) for clause in kept):
        return False
    if _BEFORE.search(clauses[i].plain) and gone and here.mark in "；;":
        return False
    if all(clause.frame for clause in kept) or _half_a_pair(kept, gone):
        return False
    if not gone:
        return True
    if (here.announces and not _quotes_first(here)) or here.frame or here.plain.endswith("的") or len(here.plain) < 4:
        return False
    if not here.says_something or _PENDING.search(here.unquoted) or _TOPIC.search(here.plain):
        return False
    if (
        _PURPOSE.search(here.unquoted)
        or _CAUSE.search(here.plain)
        or _LEANS_BACK.search(gone[0].plain)
        or _reversed(here, gone)
    ):
        return False
    if _TRAILING_SPEAKER.search(gone[-1].plain) and not any(clause.announces for clause in kept):
        return False
    return not (any(_FIRST_ITEM.search(c.plain) for c in kept) and any(_NEXT_ITEM.search(c.plain) for c in gone))


def _quotes_first(clause: _Clause) -> bool:
    """Whether the words stand before their speaker (“……，”林岚说，) or a lead of its own stands before a list."""
    if clause.mark in "：:":
        return len(clause.plain) > SHORTEST and clause.says_something and not _SPEAKS.search(clause.plain)
    return clause.plain[:1] in "“「『" and clause.plain[-1:] not in "”」』"


def _reversed(here: _Clause, gone: Sequence[_Clause]) -> bool:
    """Whether what is left off takes back what is kept: A，B，但C stops nowhere before C."""
    if here.mark in "；;":
        return False
    for clause in gone:
        if _REVERSES.search(clause.plain):
            return True
        if clause.mark in "；;" or clause.subject:
            return False
    return False


def _half_a_pair(kept: Sequence[_Clause], gone: Sequence[_Clause]) -> bool:
    """Whether `kept` opens a pair that only what is left off closes."""
    for k, clause in enumerate(kept):
        if not clause.opens_pair:
            continue
        for first, second in _PAIRS:
            opened = first.search(clause.unquoted)
            if opened is None:
                continue
            rest = clause.unquoted[opened.end() :] + "".join("，" + c.unquoted for c in kept[k + 1 :])
            if not second.search(rest) and (gone or k == len(kept) - 1):
                return True
    return False
