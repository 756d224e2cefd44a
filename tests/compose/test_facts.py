"""What documents say of themselves is found, in every form they are printed in, and is always a slice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose.facts import extract_facts
from digest.compose.facts.days import find_days
from digest.compose.facts.numbers import find_numbers
from digest.compose.facts.numerals import read_number, read_year
from digest.compose.facts.reading import HEAD, TAIL, Reading
from digest.model import Article, DocumentCard

NOTICE = """云泽市人民政府办公室文件
云政办发〔2024〕31号
云泽市人民政府办公室关于印发《云泽市河道采砂管理办法》的通知
各县（市、区）人民政府，市政府各部门：
根据《泽省河道管理条例》（泽省人民代表大会常务委员会公告第12号）和泽政办发〔2022〕9号文件要求，现将办法印发给你们。
一、各县区于2024年5月20日前将实施方案报送市水利局。
二、本办法自2024年6月1日起施行，有效期5年。《云泽市采砂暂行办法》（云政发〔2011〕3号，2011年8月1日起施行）同时废止。
附件：1.采砂许可申请表
2.采砂船登记表
云泽市人民政府办公室
2024年4月28日
（此件公开发布）"""
LETTER = "关于征求《鹭汀市公园条例（草案征求意见稿）》意见的公告"


def card(text: str, title: str = "", published: datetime | date | None = None) -> DocumentCard:
    """Return the card of a text."""
    return extract_facts(Article(title=title, text=text, published=published))


def values(found: DocumentCard, *kinds: str) -> dict[str, list[str]]:
    """Return what a card holds, of the kinds asked for or of all."""
    held: dict[str, list[str]] = {}
    for fact in found.facts:
        if not kinds or fact.kind in kinds:
            held.setdefault(fact.kind, []).append(fact.value)
    return held


def numbers(text: str) -> list[str]:
    """Return the normal forms of the numbers in a line."""
    return [number.value for number in find_numbers(Reading(text).plain)]


def test_a_notice_says_all_of_itself() -> None:
    """Number, body, title, days, repeals and annexes of a whole notice are told apart from what it cites."""
    found = card(NOTICE, "云泽市人民政府办公室关于印发《云泽市河道采砂管理办法》的通知_云泽市政府网")
    assert found.genre == "通知"
    assert values(found) == {
        "number": ["云政办发〔2024〕31号"],
        "cited": ["泽省人民代表大会常务委员会公告第12号", "泽政办发〔2022〕9号", "云政发〔2011〕3号"],
        "body": ["云泽市人民政府办公室"],
        "title": ["云泽市人民政府办公室关于印发《云泽市河道采砂管理办法》的通知"],
        "signed": ["2024-04-28"],
        "effective": ["2024-06-01"],
        "expires": ["2029-05-31"],
        "deadline": ["2024-05-20"],
        "repeals": ["云泽市采砂暂行办法"],
        "attachment": ["采砂许可申请表", "采砂船登记表"],
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("云办发〔2017〕47号", "云办发〔2017〕47号"),
        ("云办发【2017】47号", "云办发〔2017〕47号"),
        ("云办发[2017]47号", "云办发〔2017〕47号"),
        ("云办发［２０１７］４７号", "云办发〔2017〕47号"),
        ("云办发（2017）47号", "云办发〔2017〕47号"),
        ("云办发(2017) 47 号", "云办发〔2017〕47号"),
        ("云办发 〔2017〕47号", "云办发〔2017〕47号"),
        ("云 办 发 〔 2017 〕 47 号", "云办发〔2017〕47号"),
        ("云办发〔2017〕\n47号", "云办发〔2017〕47号"),
        ("雲辦發〔2017〕47號", "云办发〔2017〕47号"),
        ("云税发〔1994〕012号", "云税发〔1994〕012号"),
        ("泽网信罚字〔2023〕第1号", "泽网信罚字〔2023〕第1号"),
        ("泽市监处罚〔2023〕330100000123号", "泽市监处罚〔2023〕330100000123号"),
        ("法释〔2023〕1号", "法释〔2023〕1号"),
        ("中办发电〔2020〕8号", "中办发电〔2020〕8号"),
        ("工信部联通装〔2023〕12号", "工信部联通装〔2023〕12号"),
        ("国令第790号", "国令第790号"),
        ("国务院令第790号", "国务院令第790号"),
        ("中华人民共和国国务院令\n第790号", "国务院令第790号"),
        ("中华人民共和国主席令（第六十二号）", "主席令第62号"),
        ("水利部第18号令", "水利部令第18号"),
        ("第一百零二号主席令", "主席令第102号"),
        ("泽省人民政府令 第 300 号", "泽省人民政府令第300号"),
        ("水利部公告2023年第15号", "水利部公告2023年第15号"),
        ("水利部公告（2023年第15号）", "水利部公告2023年第15号"),
        ("水利部2023年第15号公告", "水利部公告2023年第15号"),
        ("证监会公告〔2023〕29号", "证监会公告〔2023〕29号"),
        ("2023年第15号公告", "公告2023年第15号"),
    ],
)
def test_every_form_of_a_number_has_one_normal_form(text: str, value: str) -> None:
    """A number is read with any brackets, digits, blanks and line breaks, and as a whole."""
    found = find_numbers(Reading(text).plain)
    assert [number.value for number in found] == [value]
    assert text[found[0].start : found[0].end] == text or "年第" in text


@pytest.mark.parametrize(
    "text",
    [
        "执行GB/T 35273-2020和T/YZ 001—2023。",
        "泽城市中级人民法院（2023）泽01民终123号判决书。",
        "今年第三号台风将登陆，附件3号见后。",
        "拨打云泽（2023）12345678号热线。",
        "地址：滨江路2023号12号楼3号院。",
        "第12号令旗在风里飘着，将军下了第3号令。",
        "联大第2758号决议、中央一号文件、2026年第1号洪水。",
        "泽A12345号牌轿车，CA1234航班，6月3号。",
        "云土储出（2023）3号地块以底价成交。",
        "本期为2023年第5号（总第12号）公报。",
        "神舟十九号与天宫（2024）联合飞行。",
    ],
)
def test_what_is_no_number_is_none(text: str) -> None:
    """Standards, court cases, phones, storms, rooms, plates and stories have no 文号."""
    assert numbers(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("根据云办发〔2017〕47号精神", "云办发〔2017〕47号"),
        ("按照水利部、林业局《办法》（水规〔2019〕3号）", "水规〔2019〕3号"),
        ("以及云财税〔2019〕3号和", "云财税〔2019〕3号"),
        ("发文字号：云财税〔2019〕3号", "云财税〔2019〕3号"),
        ("特急 云办明电〔2019〕3号", "云办明电〔2019〕3号"),
        ("国务院办公厅国办函〔2019〕3号", "国办函〔2019〕3号"),
        ("并政发〔2019〕3号", "并政发〔2019〕3号"),
        ("和政办〔2019〕3号", "和政办〔2019〕3号"),
        ("国数据〔2024〕5号", "国数据〔2024〕5号"),
    ],
)
def test_a_number_begins_with_its_own_letters(text: str, value: str) -> None:
    """The words before a number are not taken for its 代字, nor is the 代字 cut."""
    assert numbers(text) == [value]


@pytest.mark.parametrize(
    ("title", "text", "own", "cited"),
    [
        (
            "关于转发《泽省水利厅节水方案》（泽水〔2023〕4号）的通知（云水〔2023〕9号）",
            "各区水务局：\n请照办。",
            ["云水〔2023〕9号"],
            ["泽水〔2023〕4号"],
        ),
        (
            "转发省水利厅关于节水的通知（泽水〔2023〕4号）",
            "云水〔2023〕9号\n各区水务局：\n请照办。",
            ["云水〔2023〕9号"],
            ["泽水〔2023〕4号"],
        ),
        (
            "关于废止云水〔2003〕4号文件的决定",
            "云水〔2023〕9号\n各区水务局：\n经研究，决定废止。",
            ["云水〔2023〕9号"],
            ["云水〔2003〕4号"],
        ),
        ("《云泽市节水条例》解读", "一、背景\n云水〔2023〕9号提出……。", [], ["云水〔2023〕9号"]),
        ("云泽推进节水", "本报讯（记者 顾明）市水务局印发《节水方案》（云水〔2023〕9号）。", [], ["云水〔2023〕9号"]),
        (
            "云泽市水务局关于节水的通知",
            "索引号：000-01\n发文字号：云水〔2023〕9号\n成文日期：2023年4月3日\n各区：\n落实泽水〔2022〕1号。",
            ["云水〔2023〕9号"],
            ["泽水〔2022〕1号"],
        ),
        (
            "云泽市水务局关于节水的通知",
            "发文机关\n云泽市水务局\n发文字号\n云水〔2023〕9号\n各区：\n请照办。",
            ["云水〔2023〕9号"],
            [],
        ),
        (
            "关于节水的公告",
            "2023年第15号\n根据水利部公告2022年第3号，公告如下。",
            ["公告2023年第15号"],
            ["水利部公告2022年第3号"],
        ),
        (
            "云泽市节水办法",
            "（2022年9月1日云泽市人民政府令第9号公布　自2022年12月1日起施行）\n第一条　为了节水，制定本办法。",
            ["云泽市人民政府令第9号"],
            [],
        ),
        (
            "云泽市水务局关于节水的通知",
            "云水〔2023〕9号 签发人：顾明\n各区水务局：\n请照办。",
            ["云水〔2023〕9号"],
            [],
        ),
        (
            "云泽市水务局关于节水的通知",
            "各区水务局：\n请照办。\n云泽市水务局\n2023年4月3日\n云水〔2023〕9号",
            ["云水〔2023〕9号"],
            [],
        ),
        (
            "云泽市水务局关于清理文件的通知",
            "各区水务局：\n以下文件予以废止。\n云水〔2003〕9号\n云水〔2004〕7号",
            [],
            ["云水〔2003〕9号", "云水〔2004〕7号"],
        ),
        (
            "云泽出台节水新规",
            "云泽市水务局关于节水的意见\n云水〔2023〕9号\n各区水务局：\n请照办。",
            ["云水〔2023〕9号"],
            [],
        ),
    ],
)
def test_own_numbers_and_cited_ones(title: str, text: str, own: list[str], cited: list[str]) -> None:
    """A document's own number stands above it, in its table or alone at its end; all others are cited."""
    found = values(card(text, title), "number", "cited")
    assert (found.get("number", []), found.get("cited", [])) == (own, cited)


@pytest.mark.parametrize(
    ("sentence", "kind", "value"),
    [
        ("本通知自2023年7月1日起施行。", "effective", "2023-07-01"),
        ("本通知自二〇二三年七月一日起正式实施。", "effective", "2023-07-01"),
        ("本通知自二○二三年七月一日起执行。", "effective", "2023-07-01"),
        ("本通知自 ２０２３ 年 ７ 月 １ 日起执行。", "effective", "2023-07-01"),
        ("本通知从2023-07-01起生效。", "effective", "2023-07-01"),
        ("本通知自2023.7.1起试行。", "effective", "2023-07-01"),
        ("本通知自2023/7/1起试行。", "effective", "2023-07-01"),
        ("本通知自7月1日起施行。", "effective", "2023-07-01"),
        ("本通知自明年1月1日起施行。", "effective", "2024-01-01"),
        ("本通知自1月1日起施行。", "effective", ""),
        ("本通知自发布之日起施行。", "effective", "2023-06-01"),
        ("本通知自印发之日起三十日后施行。", "effective", "2023-07-01"),
        ("本通知自公布之日起满6个月后施行。", "effective", "2023-12-01"),
        ("《旧办法》自2015年3月1日起施行。", "effective", ""),
        ("原《节水办法》（2015年3月1日起施行）同时废止。", "effective", ""),
        ("本通知自2023年7月1日起施行，有效期至2028年6月30日。", "expires", "2028-06-30"),
        ("本通知自2023年7月1日起施行，有效期两年。", "expires", "2025-06-30"),
        ("本通知自2023年7月1日起施行，试行一年。", "expires", "2024-06-30"),
        ("本通知有效期自2023年7月1日至2025年6月30日。", "expires", "2025-06-30"),
        ("本通知执行至2027年12月31日。", "expires", "2027-12-31"),
        ("取水许可证有效期5年。", "expires", ""),
        ("请于2023年6月5日前将意见反馈至我局。", "deadline", "2023-06-05"),
        ("意见反馈截止时间为2023年6月5日24时。", "deadline", "2023-06-05"),
        ("征求意见时间为2023年5月6日至6月5日。", "deadline", "2023-06-05"),
        ("公示期：2023年5月6日—5月12日。", "deadline", "2023-05-12"),
        ("报名时间为2023年5月6日至12日。", "deadline", "2023-05-12"),
        ("请于6月底前报送总结。", "deadline", "2023-06-30"),
        ("申报截止日期由2023年6月5日延长至2023年6月20日。", "deadline", "2023-06-20"),
        ("请于2023年6月5日（星期一）或之前递交登记表。", "deadline", "2023-06-05"),
        ("最迟不得晚于2023年6月5日18:00上传材料。", "deadline", "2023-06-05"),
        ("申报通道于2023年6月5日24时关闭。", "deadline", "2023-06-05"),
        ("投稿时间：即日起至2023年6月5日。", "deadline", "2023-06-05"),
        ("请于六月五日下班前将名单报办公室。", "deadline", "2023-06-05"),
        ("培训定于2023年6月20日至21日举行，请于6月5日前报名。", "deadline", "2023-06-05"),
        ("截至2023年5月5日，共收到意见23条。", "deadline", ""),
        ("请于2025年6月底前完成改造。", "deadline", ""),
        ("各站应于每年1月底前报送数据。", "deadline", ""),
        ("自2023年7月1日首班车起，票价调整为2元。", "effective", "2023-07-01"),
        ("本通知自中华民国112年7月1日起施行。", "effective", "2023-07-01"),
        ("自2018年7月1日开市以来，交易平稳。", "effective", ""),
        ("学生自2023年7月1日起放假。", "effective", ""),
        ("自2023年7月1日至2025年6月30日，对用水大户免收费用。", "expires", "2025-06-30"),
        ("自本通知印发之日起有效期三年。", "expires", "2026-05-31"),
        ("旧版许可证（证面有效期至2025年12月31日）继续有效。", "expires", ""),
        ("处分期自2023年5月19日起至2023年11月18日止。", "expires", ""),
        ("2025年6月底前，建成十座水厂。", "deadline", ""),
    ],
)  # fmt: skip
def test_days_in_every_form(sentence: str, kind: str, value: str) -> None:
    """A day is read in any writing, without its year too, and only where it is the document's own."""
    text = f"云水〔2023〕9号\n各区水务局：\n{sentence}\n云泽市水务局\n2023年6月1日"
    assert card(text, "云泽市水务局关于节水的通知").value(kind) == value  # type: ignore[arg-type]


def test_a_day_without_year_stays_unknown_without_an_anchor() -> None:
    """Unknown rather than a guess: nothing in the text says which year it is."""
    text = "各区水务局：\n请于6月5日前将意见反馈至我局。"
    title = "云泽市水务局关于节水的通知"
    assert card(text, title).value("deadline") == ""
    assert card(text, title, date(2023, 5, 6)).value("deadline") == "2023-06-05"
    assert card(text, title, datetime(2023, 12, 31, 17, tzinfo=UTC)).value("deadline") == "2024-06-05"


def test_the_day_of_publication_is_needed_for_what_counts_from_it() -> None:
    """自发布之日起施行 is a day only where that day is told."""
    text = "各区水务局：\n本通知自发布之日起施行。"
    title = "云泽市水务局关于节水的通知"
    assert card(text, title).value("effective") == ""
    found = card(text, title, date(2023, 5, 6)).of("effective")
    assert [(fact.text, fact.value) for fact in found] == [("本通知自发布之日起施行", "2023-05-06")]


@pytest.mark.parametrize(
    ("title", "text", "genre"),
    [
        ("云泽市水务局关于节水的通告", "第一条 略。", "通告"),
        ("云泽市节水管理办法（试行）", "第一条 为了节水，制定本办法。", "办法"),
        ("中华人民共和国国务院令（第999号）", "《节水条例》已经通过，现予公布。", "令"),
        (LETTER, "现公开征求意见。", "公告"),
        ("云泽市公园条例（征求意见稿）", "第一条 为了公园，制定本条例。", "征求意见稿"),
        ("云泽市水务局行政处罚决定书（泽水罚〔2023〕1号）", "当事人：某公司。", "处罚决定书"),
        ("《云泽市节水条例》政策解读", "一、背景。", "政策解读"),
        ("水务局负责人就节水条例答记者问", "问：为什么？", "答记者问"),
        ("云泽节水出新招 居民点赞", "本报讯 昨天，云泽节水。", ""),
        ("专家提出三点建议", "节水要从娃娃抓起。", ""),
    ],
)
def test_the_kind_of_a_document_is_its_own_word(title: str, text: str, genre: str) -> None:
    """A document is called by the last word of its title; news is not called anything."""
    assert card(text, title).genre == genre


def test_ordinary_news_has_an_empty_card() -> None:
    """Dates, numbers and even 意见 in news make no facts."""
    text = "本报讯（记者 顾明）11月18日，石门渡12号楼居民提出意见，第3号台风影响到7月1日。截至19日，共收到意见三条。"
    assert card(text, "居民提出意见", date(2026, 11, 19)) == DocumentCard()


def test_news_that_tells_when_a_document_takes_effect() -> None:
    """Such news has the day, the title and who put it out, but no number of its own."""
    text = "本报讯（记者 顾明）水利部近日印发《节水管理办法》，自7月1日起施行。《办法》共九章。"
    found = card(text, "节水有新规", date(2026, 6, 3))
    assert found.genre == ""
    assert values(found) == {"body": ["水利部"], "title": ["节水管理办法"], "effective": ["2026-07-01"]}


def test_news_of_what_has_long_been_in_force_is_no_fact() -> None:
    """A report names an old law to explain something else."""
    text = "《节水管理办法》自2013年12月9日起施行，本报记者昨天走访了三家商户。"
    assert card(text, "商户节水", date(2026, 6, 3)) == DocumentCard()


@pytest.mark.parametrize(
    ("sentence", "kind", "value"),
    [
        ("意见征集截止日期为6月24日。", "deadline", "2026-06-24"),
        ("7月1日起，新修订的《节水条例》正式施行。", "effective", "2026-07-01"),
        ("节水协定将于7月1日生效。", "effective", "2026-07-01"),
        ("截至6月2日，参保人数突破445万人。", "deadline", ""),
        ("该公司未在今年1月12日前提交答辩。", "deadline", ""),
        ("州议会于2027年5月31日结束之前，各校须获书面批准。", "deadline", ""),
        ("节水法案的目标是在今年9月正式生效。", "effective", ""),
        ("李某获委任为执行董事，自2026年7月1日起生效。", "effective", ""),
        ("本次价格调整计划于2026年7月1日起正式实施。", "effective", ""),
        ("2025年7月1日施行的《节水条例》第七条规定，应当节水。", "effective", ""),
    ],
)
def test_what_news_tells_of_documents(sentence: str, kind: str, value: str) -> None:
    """News has a day only where it is said of a document, or asks the reader; else its card is empty."""
    found = card(f"本报讯（记者 顾明）{sentence}", "节水有新规", date(2026, 6, 3))
    assert found.value(kind) == value  # type: ignore[arg-type]
    assert bool(found.facts) == bool(value)


def test_a_reprint_keeps_the_days_of_the_document() -> None:
    """The time of a page that keeps an old document is not its publication; its signature stands before the annex."""
    text = (
        "作者：法规库 时间：2024-07-22 14:39:19 来源：法规库\n云泽市水务局\n云水〔2008〕52号\n各区水务局：\n"
        "现将办法印发给你们，请照办。\n二○○八年十月十四日\n云泽市节水办法\n（云泽市水务局　2008年10月6日）\n第一条　略"
    )
    found = card(text, "关于印发节水办法的通知")
    assert values(found, "signed", "published", "number") == {"number": ["云水〔2008〕52号"], "signed": ["2008-10-14"]}


def test_a_table_with_blank_lines_is_read() -> None:
    """A label and its value may stand apart; the site's own name is no issuing body."""
    text = (
        "返回顶部\n云泽工作规则\n  • 索引号:\n\n    61/2024-5\n  • 发文机构:\n\n    市政府网站\n"
        "  • 发文字号:\n\n    云政发〔2024〕7号\n  • 发布日期:\n\n    2024年04月06日 16:34\n第一章总则"
    )
    assert values(card(text, "云泽工作规则"), "number", "body", "published") == {
        "number": ["云政发〔2024〕7号"],
        "published": ["2024-04-06"],
    }


def test_a_headline_above_a_whole_document() -> None:
    """A title that is the number and the document's name in 《》 is read as both."""
    found = card("各区水务局：\n请照办。", "云水〔2014〕20号《云泽市水务局关于节水的实施意见》")
    assert found.genre == "意见"
    assert values(found) == {
        "number": ["云水〔2014〕20号"],
        "body": ["云泽市水务局"],
        "title": ["云泽市水务局关于节水的实施意见"],
    }


def test_how_an_order_is_dated() -> None:
    """An order puts something out the day it is signed; a revised one is of its last revision."""
    order = "中华人民共和国国务院令\n第999号\n现公布《节水条例》，自2025年1月1日起施行。\n总理　顾某\n2024年9月24日"
    days = ("signed", "published", "effective")
    assert values(card(order), *days) == {
        "signed": ["2024-09-24"],
        "published": ["2024-09-24"],
        "effective": ["2025-01-01"],
    }
    revised = "（2003年2月8日水利部令第11号公布，2022年1月14日修订）\n第一条　本办法自2003年5月1日起施行。"
    assert values(card(revised, "节水办法（2022年修订）"), *days) == {
        "signed": ["2022-01-14"],
        "effective": ["2003-05-01"],
    }


@pytest.mark.parametrize(
    "title", ["热点问答｜英国为何节水", "权威解读·中国经济", "他试图说服总部节水", "国务院公布《节水条例》"]
)
def test_columns_and_headlines_have_no_kind(title: str) -> None:
    """What only sounds like a document or its explanation has an empty card."""
    assert card("据外媒报道，此事引发关注。", title) == DocumentCard()


@pytest.mark.parametrize(
    ("title", "text", "kind", "found"),
    [
        ("国务院关于修改《节水条例》的决定", "现公布。", "amends", ["节水条例"]),
        ("关于废止《甲办法》和《乙办法》的通知", "各区：\n特此通知。", "repeals", ["甲办法", "乙办法"]),
        ("关于节水的通知", "各区：\n请照办。\n附件：节水名单", "attachment", ["节水名单"]),
        ("关于节水的通知", "各区：\n请照办。\n附件1：节水名单\n附件2：表", "attachment", ["节水名单"]),
        (
            "关于节水的公告",
            "现公告如下。\n云泽市水务局、云泽市财政局\n2023年7月1日",
            "body",
            ["云泽市水务局、云泽市财政局"],
        ),
    ],
)
def test_what_a_document_does_to_others(title: str, text: str, kind: str, found: list[str]) -> None:
    """What it amends, repeals and annexes, and who signs it."""
    assert values(card(text, title), kind).get(kind, []) == found


def test_numerals() -> None:
    """Numbers and years are read in either writing; what is none is None."""
    assert [read_number(text) for text in ("47", "4 7", "六十二", "十", "一百零二", "二〇", "廿一", "元")] == [
        47, 47, 62, 10, 102, 20, 21, 1,
    ]  # fmt: skip
    assert [read_year(text) for text in ("2023", "二〇二三", "二○二三", "二OO三")] == [2023, 2023, 2023, 2003]
    assert read_number("百度") is None


def test_days_that_do_not_exist_are_none() -> None:
    """The 30th of February is printed but is no day."""
    assert [day.whole for day in find_days("2023年2月30日和2023年2月28日")] == [None, date(2023, 2, 28)]


PIECES = [
    *NOTICE.split("\n"),
    *[
        "\n",
        "\r\n",
        "\u3000",
        "根据",
        "《",
        "》",
        "（",
        "）",
        "〔2023〕",
        "第12号",
        "令",
        "公告",
        "自",
        "起施行",
        "发文字号：",
        "2023年5月6日",
        "二〇二三年",
        "六月",
        "底前",
        "號",
        "發",
        "於",
    ],
    *[
        "同日起施行",
        "有效期九千年",
        "有效期99年",
        "2月30日",
        "截止时间",
        "延长至",
        "废止",
        "附件：",
        "9999年12月31日",
        "征求意见",
        "𠮷",
        "①",
        "²",
        "零",
    ],
    *[
        "百千十号",
        "自发布之日起400个月后施行",
        "民国999年1月1日",
        "即日起至",
        "（86）国发字42号",
        "第7/2023号法律",
        "1月1日至31日",
    ],
    "\0",
    "\ud800",
]
hostile = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=40).map("".join)


@given(hostile, hostile, st.one_of(st.none(), st.dates(), st.datetimes(timezones=st.just(UTC))))
@settings(max_examples=150, deadline=None)
def test_every_fact_is_a_slice(title: str, text: str, published: datetime | date | None) -> None:
    """Whatever the text, nothing crashes, and a fact is what stands in the article at its place."""
    found = card(text, title, published)
    for fact in found.facts:
        assert (title if fact.where == "title" else text)[fact.start : fact.end] == fact.text
        assert fact.text == fact.text.strip() != ""
        assert fact.value
    assert found == card(text, title, published)


@pytest.mark.parametrize("middle", ["甲" * HEAD * 2, "。\n" * HEAD, "发文字号：" * 4000])
def test_of_a_long_text_head_and_end_are_read(middle: str) -> None:
    """Facts before and behind the part that is left out stand where the text has them."""
    head, end = NOTICE.split("二、")
    text = f"{head}\n{middle}\n二、{end}"
    assert len(text) > HEAD + TAIL
    found = card(text, "云泽市人民政府办公室关于印发《云泽市河道采砂管理办法》的通知")
    assert all(text[fact.start : fact.end] == fact.text for fact in found.facts if fact.where == "text")
    assert (found.value("number"), found.value("effective"), found.value("signed")) == (
        "云政办发〔2024〕31号", "2024-06-01", "2024-04-28",
    )  # fmt: skip


def test_traditional_says_the_same() -> None:
    """A traditional copy of a notice has the same facts at the same places, and the same normal forms."""
    import opencc

    traditional = opencc.OpenCC("s2t").convert(NOTICE)
    assert len(traditional) == len(NOTICE)
    one, other = card(NOTICE), card(traditional)
    assert [(fact.kind, fact.start, fact.end) for fact in one.facts] == [
        (fact.kind, fact.start, fact.end) for fact in other.facts
    ]
    normal = ("number", "cited", "signed", "effective", "expires", "deadline")
    assert values(one, *normal) == values(other, *normal)


def test_what_is_done_does_not_come_into_force() -> None:
    """实施 with something that is done sets no day of effect: a notice of a planned cut of water."""
    text = "因管道改造，澜川市水利局定于1月29日23时至1月30日7时对城南街道部分区域实施计划停水，请提前储水。"
    assert extract_facts(Article(title="关于部分区域停水的通告", text=text)).of("effective") == ()
