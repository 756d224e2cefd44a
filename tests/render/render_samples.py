"""Invented news for the tests of this room: an ordinary morning of fourteen items, and issues of any size.

Every story, site and number here is made up.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import strategies as st

from digest.model import (
    Article,
    Coverage,
    Highlight,
    Issue,
    Item,
    Reference,
    Section,
    Sentence,
    SourceReport,
    Summary,
)
from digest.render import Footer

NASTY = (
    *"\r\n\t\0\x1b\x85\u2028\u202e\u2066\u200b\u200d\ufe0f\ufeff\ud800\U000e0041<>\"'&=?,;:@{}%\\",
    *(
        "=?utf-8?q?=0A?=",
        "<script>",
        "{{7*7}}",
        "javascript:",
        "👩\u200d🔬",
        "e\u0301",
        "\r\nBcc: x@y.cn\r\n",
        "……",
        "中文，",
    ),
)
ANY_TEXT = st.lists(st.one_of(st.characters(exclude_categories=()), st.sampled_from(NASTY)), max_size=60).map("".join)
SHANGHAI = timezone(timedelta(hours=8))
SLOT = datetime(2026, 11, 20, 8, 0, tzinfo=SHANGHAI)
FOOTER = Footer(
    sender="每日摘要 <brief@news.example.cn>", unsubscribe="mailto:brief@news.example.cn?subject=unsubscribe"
)
TEMPLATES = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[2] / "templates").glob("*.j2"))
}
THEMES = ("modern", "gongwen")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def summarize(sentences: Iterable[str], keywords: Iterable[str] = (), language: str = "zh-Hans") -> Summary:
    """A summary made of these sentences; one that ends in …… was cut there in its source."""
    text, slices = "", []
    for index, printed in enumerate(sentences):
        sentence = printed.removesuffix("……")
        slices.append(Sentence(sentence, len(text), len(text) + len(sentence), index, cut=printed.endswith("……")))
        text += sentence
    return Summary(tuple(slices), tuple(keywords), text, language)


def item(
    number: int, title: str, *sentences: str, words: str = "", also: Iterable[Reference] = (), **known: object
) -> Item:
    """An item of the issue; `known` are the fields of its article."""
    language = str(known.get("language", "zh-Hans"))
    summary = summarize(sentences, words.split(), language)
    article = Article(**{"title": title, "text": summary.text, "language": language, **known})  # type: ignore[arg-type]  # a test's shorthand
    return Item(number, article, title, summary, score=1 / number, also=tuple(also))


def at(day: int, hour: int, minute: int) -> datetime:
    """A moment of November 2026 in Shanghai."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


ECONOMY = (
    item(
        1,
        "三部门联合发文：明年起小微企业社保缴费可按季申报",
        "三部门19日联合印发通知，自2027年1月1日起，职工人数不超过50人的小微企业可自愿选择按季度申报缴纳社会保险费。",
        "通知测算，新办法每年可为约1260万户企业减少八次申报。",
        words="小微企业 社会保险费 按季申报 减负",
        also=(
            Reference("小微企业社保可按季缴", "江海日报", "https://jianghai.example.cn/2026/1120/a.html"),
            Reference("按季申报来了", "城市晨报", "https://chenbao.example.cn/p/88213"),
            Reference("社保缴费新规解读", "蓝桥财经"),
        ),
        site="南岸财经",
        url="https://nanan.example.cn/finance/20261119/001.html",
        published=at(19, 18, 42),
    ),
    item(
        2,
        "十月制造业采购经理指数回升至50.4%，新订单连续三个月扩张",
        "十月制造业采购经理指数为50.4%，比上月上升0.3个百分点。",
        "新订单指数升至51.2%，连续三个月位于扩张区间；原材料购进价格指数回落1.1个百分点，企业成本压力有所缓解。",
        words="采购经理指数 新订单 制造业",
        site="统计观察",
        url="https://stat.example.cn/pmi/202610",
        published=date(2026, 11, 19),
    ),
    item(
        3,
        "沿海四港试行“一单到底”，集装箱中转时间压缩近四成",
        "自本月起，沿海四个港口试行铁水联运“一单到底”，货主只需提交一份运单，即可完成从内陆场站到目的港的全程托运……",
        "首批试点航线的平均中转时间由5.6天缩短到3.4天。",
        words="铁水联运 集装箱 港口",
        site="航运周刊",
        url="https://shipping.example.cn/news/4471?from=home",
        published=at(20, 6, 15),
    ),
    item(
        4,
        "城商行下调三年期存款利率，最低降至1.35%",
        "本周已有七家城市商业银行下调人民币定期存款利率，其中三年期最大降幅25个基点，最低降至1.35%。",
        words="存款利率 城商行",
        site="蓝桥财经",
        url="https://lanqiao.example.cn/bank/rate-cut",
        published=at(20, 7, 5),
    ),
)

TECHNOLOGY = (
    item(
        5,
        "国产深海机器人“潜蛟三号”完成六千米级连续作业一百小时",
        "“潜蛟三号”在西太平洋海域完成水下连续作业一百小时，最大下潜深度6012米，取回沉积物样品四十七管。",
        "项目负责人说，机器人全程由岸基中心遥控，数据时延控制在0.8秒以内。",
        words="潜蛟三号 深海机器人 西太平洋 沉积物",
        site="深蓝科技",
        url="https://deepblue.example.cn/qianjiao-3",
        published=at(19, 21, 30),
    ),
    item(
        6,
        "低空物流条例公开征求意见，拟设统一的航线申报平台",
        "条例草案提出建立统一的低空航线申报平台，常规航线备案后四小时内答复，应急飞行可先飞后报。",
        "草案还要求七公斤以上的无人机加装可远程识别的电子标签，征求意见截止到12月20日。",
        words="低空物流 无人机 征求意见",
        also=(Reference("低空条例征求意见", "城市晨报", "https://chenbao.example.cn/p/88240"),),
        site="法治在线",
        url="https://law.example.cn/draft/1187",
        published=at(19, 16, 0),
    ),
    item(
        7,
        "Battery recycler opens second plant as lithium prices steady",
        "The company says the second plant will take 40,000 tonnes of cells a year when it reaches capacity in 2028.",
        "Lithium carbonate has traded in a narrow band since September.",
        words="lithium recycling",
        language="en",
        site="Harbour Wire",
        url="https://wire.example.com/2026/11/19/battery-recycler",
        published=datetime(2026, 11, 19, 22, 10, tzinfo=UTC),
    ),
    item(
        8,
        "校园人工智能课程标准发布，小学阶段每学年不少于八课时",
        "标准规定，小学阶段每学年不少于八课时，初中不少于十二课时，内容以体验和理解为主，不得布置书面作业，也不纳入升学考试。",
        words="课程标准 人工智能 中小学",
        site="教育时讯",
        published=date(2026, 11, 18),
    ),
)

SOCIETY = (
    item(
        9,
        "北方供暖首周：十二城室温达标率超过九成八",
        "供暖首周，北方十二个重点城市居民室温抽测达标率为98.3%，比去年同期提高1.7个百分点。",
        "投诉集中在老旧管网小区，各地已抽调抢修队伍四百余支。",
        words="供暖 室温 老旧管网",
        site="城市晨报",
        url="https://chenbao.example.cn/p/88301",
        published=at(20, 5, 48),
    ),
    item(
        10,
        "臺北故宮將展出宋代書畫七十件，逾半為十年來首度亮相",
        "此次特展精選宋代書畫七十件，其中三十八件為十年來首度公開展出，展期自12月5日至明年3月1日。",
        words="宋代書畫 特展",
        language="zh-Hant",
        site="藝文報",
        url="https://arts.example.tw/song-paintings",
        published=at(19, 11, 20),
    ),
    item(
        11,
        "长江流域重点水域禁渔五年，江豚数量回升至1430头",
        "最新一次流域科学考察显示，长江江豚数量回升至1430头，比2022年增加181头。",
        "监测到的鱼类达到227种，其中受保护鱼类十六种。",
        words="江豚 禁渔 科学考察",
        site="绿水青山网",
        url="https://green.example.cn/porpoise-1430",
        published=at(20, 7, 30),
    ),
    item(
        12,
        "马拉松赛事取消“包赔”条款引争议，协会要求一周内整改",
        "协会要求主办方一周内修订报名须知，不得以格式条款免除赛事组织者的安全保障责任。",
        words="马拉松 格式条款",
        site="体育画报社",
        url="https://sports.example.cn/marathon",
        published=at(19, 20, 2),
    ),
    item(
        13,
        "“一老一小”服务进社区，年内再建嵌入式设施两千处",
        "计划提出年内再建社区嵌入式服务设施两千处，优先配置托育、助餐和日间照料，"
        "每百户居民拥有的服务面积不低于三十平方米。",
        words="嵌入式服务 托育 助餐",
        site="民生周报",
        url="https://minsheng.example.cn/2026/embedded",
        published=at(20, 7, 41),
    ),
    item(
        14,
        "寒潮蓝色预警：周末中东部气温普降六到十度",
        "受强冷空气影响，21日至23日中东部大部地区气温将下降6℃到10℃，局地降幅超过12℃，江南北部有大风。",
        words="寒潮 降温",
        site="气象台",
        url="https://weather.example.cn/alert/20261120",
        published=at(20, 6, 0),
    ),
)

COVERAGE = Coverage(
    sources=(
        SourceReport("南岸财经", 14),
        SourceReport("城市晨报", 17),
        SourceReport("蓝桥财经", 6),
        SourceReport("深蓝科技", 5),
        SourceReport("Harbour Wire", 8),
        SourceReport("法治在线", 3, ("第 4 篇没有正文，可能需要登录",)),
        SourceReport("江海日报", 0, ("30 秒内没有应答（试了 3 次）",)),
    ),
    read=53,
    printed=14,
    merged=4,
    left_out=21,
    empty=2,
    known=12,
    unreadable=1,
)


def morning_issue() -> Issue:
    """An ordinary Friday: three sections, fourteen items, three highlights."""
    sections = (Section("财经", ECONOMY), Section("科技", TECHNOLOGY), Section("社会", SOCIETY))
    lights = tuple(
        Highlight(entry.summary.sentences[0], entry.number) for entry in (ECONOMY[0], TECHNOLOGY[0], SOCIETY[2])
    )
    words = ("小微企业", "存款利率", "低空物流")
    return Issue("daily", "每日摘要", SLOT, SLOT.date(), sections, lights, words, COVERAGE)


def empty_issue() -> Issue:
    """A day without a single new article."""
    coverage = Coverage(sources=(SourceReport("南岸财经", 9),), read=9, known=9)
    return Issue("daily", "每日摘要", SLOT, SLOT.date(), coverage=coverage)


def one_item_issue(entry: Item) -> Issue:
    """An issue of this item alone."""
    return Issue("daily", "每日摘要", SLOT, SLOT.date(), (Section("", (entry,)),), coverage=Coverage(read=1, printed=1))


def large_issue(count: int, sentences: int = 3) -> Issue:
    """An issue of `count` items, the first ranked highest."""
    models = (*ECONOMY, *TECHNOLOGY[:2], *SOCIETY)
    entries = []
    for number in range(1, count + 1):
        model = models[number % len(models)]
        text = tuple(f"第{number}条的第{place}句：{model.article.text[:48]}。" for place in range(1, sentences + 1))
        url = f"https://site{number % 7}.example.cn/2026/11/20/{number:05}.html"
        entries.append(item(number, f"{model.title}（之{number}）", *text, words="词语 要闻", site="新闻站", url=url))
    coverage = Coverage(sources=(SourceReport("新闻站", count),), read=count, printed=count)
    lights = (Highlight(entries[0].summary.sentences[0], 1), Highlight(entries[-1].summary.sentences[0], count))
    return Issue("daily", "每日摘要", SLOT, SLOT.date(), (Section("要闻", tuple(entries)),), lights, coverage=coverage)


@dataclass
class Page(HTMLParser):
    """What a browser would find in a page: its elements in order, and the text outside of style and title."""

    html: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._hidden = ""
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._hidden = tag if tag in ("style", "title", "script") else self._hidden

    def handle_endtag(self, tag: str) -> None:
        self._hidden = "" if tag == self._hidden else self._hidden

    def handle_data(self, data: str) -> None:
        self.text += "" if self._hidden else data

    def all(self, *tags: str) -> list[dict[str, str]]:
        """The attributes of every element of these tags."""
        return [attributes for tag, attributes in self.elements if tag in tags]

    def values(self, name: str) -> list[str]:
        """Every value of the attribute `name`."""
        return [attributes[name] for _, attributes in self.elements if name in attributes]
