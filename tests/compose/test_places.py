"""Places are found where an article is about them, and nowhere else."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose.places import Place, find_places, is_known, lies_in
from digest.model import Article

LINES = [
    line.replace("?", "").split()
    for line in files("digest").joinpath("data/places.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
FULL = [names[1] for names in LINES]


def titled(title: str) -> list[str]:
    """The places that an article of that title is about."""
    return [str(place) for place in find_places(Article(title=title))]


def names_within(place: Place) -> list[str]:
    """Every name of the place and of all that lies in it."""
    stem = place.code.removesuffix("00").removesuffix("00")
    return [name for code, *names in LINES for name in names if code.startswith(stem)]


def test_the_gazetteer_is_whole() -> None:
    """34 provinces, and every other division lies in one that is listed; no code stands twice."""
    codes = [names[0] for names in LINES]
    assert len(codes) == len(set(codes))
    provinces = {code[:2] for code in codes if code.endswith("0000")}
    assert len(provinces) == 34
    assert {code[:2] for code in codes} == provinces
    assert sum(code.endswith("00") for code in codes) > 340 + 34 - 20
    assert sum(not code.endswith("00") for code in codes) > 2800


def test_the_gazetteer_is_small() -> None:
    """It fits into the wheel unnoticed."""
    assert len(files("digest").joinpath("data/places.txt").read_bytes()) < 120_000


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("江苏省南京市鼓楼区老楼加装电梯", "江苏省南京市鼓楼区"),
        ("福州鼓楼区老楼加装电梯", "福建省福州市鼓楼区"),
        ("南京老楼加装电梯", "江苏省南京市"),
        ("浦东新区办事大厅搬家", "上海市浦东新区"),
        ("上海浦東辦事大廳搬家", "上海市浦东新区"),
        ("內蒙古興安盟迎来初雪", "内蒙古自治区兴安盟"),
        ("北京朝阳区小学扩班", "北京市朝阳区"),
        ("长春朝阳区小学扩班", "吉林省长春市朝阳区"),
        ("北京朝阳小学扩班", "北京市朝阳区"),
        ("吉林粮食增产", "吉林省"),
        ("吉林市粮食增产", "吉林省吉林市"),
        ("吉林市场粮价平稳", "吉林省"),
        ("青海海南州放牧", "青海省海南藏族自治州"),
        ("海南放宽免税", "海南省"),
        ("甘肃白银办起夜校", "甘肃省白银市"),
        ("义乌商户直播", "浙江省金华市义乌市"),
        ("仙桃市疏浚河道", "湖北省仙桃市"),
        ("安徽和县蔬菜进城", "安徽省马鞍山市和县"),
        ("上海南站改造", "上海市"),
        ("香港巴士换新", "香港特别行政区"),
        ("澳門步行街開放", "澳门特别行政区"),
        ("台北市议会改选", "台湾省台北市"),
        ("雄安新区校舍竣工", "河北省雄安新区"),
        ("恩施土家族苗族自治州修路", "湖北省恩施土家族苗族自治州"),
        ("北京现代化社区试点", "北京市"),
        ("深圳南山区域中心动工", "广东省深圳市"),
        ("创建湖北名校", "湖北省"),
        ("两地合建湖北新校", "湖北省"),
    ],
)
def test_a_place_is_found_with_its_chain(title: str, place: str) -> None:
    """In full and in short, in either script, with its parents; the longest name and the highest division win."""
    assert titled(title) == [place]


@pytest.mark.parametrize(
    "title",
    [
        "南京路步行街今晚亮灯",
        "上海西路口改造",
        "北京时间8时开球",
        "上海合作组织成员国开会",
        "河南坠子后继有人",
        "长春花入药",
        "北京奔驰召回部分车辆",
        "孙中山的一封信",
        "大理石价格上涨",
        "乌苏里江开江",
        "北海公园赏荷",
        "贵州茅台股价下跌",
        "湖北日报讯",
        "中山大学招生",
        "明尼苏达州降雪",
        "黄河南岸植树",
        "美国德州仪器裁员",
        "新华社北京11月20日电",
        "鼓楼区老楼加装电梯",
        "朝阳区小学扩班",
        "双方和平解决争端",
        "郊区和城区差距缩小",
        "白银价格上涨",
        "市和县都要落实",
        "两国友好交往的通道",
        "南山区域协调发展",
        "远方来宾安居于此",
        "巴黎与纽约",
        "",
    ],
)
def test_a_borrowed_or_doubtful_name_is_no_place(title: str) -> None:
    """Streets, companies, the clock, ordinary words, and districts that several cities have."""
    assert titled(title) == []


def test_a_parent_anywhere_tells_which_of_several_is_meant() -> None:
    """Named once in the article, or in the name of the site, the city decides about 鼓楼区."""
    text = "鼓楼区的居民说，电梯很稳。"
    assert not find_places(Article(title=text))
    for article in (Article(title=text, text="南京今年改造老楼。"), Article(title=text, site="南京晨报")):
        assert [str(place) for place in find_places(article)] == ["江苏省南京市鼓楼区"]


def test_the_lead_and_what_comes_back_count_and_passing_names_do_not() -> None:
    """Once far down is nothing; three times, or in the first lines, is something."""
    far = "会议讨论了老楼加装电梯的办法。" * 40
    assert not find_places(Article(title="会议", text=f"{far}代表来自南京。"))
    for article in (
        Article(title="会议", text=f"{far}南京先行，南京出钱，南京出力。"),
        Article(title="会议", text=f"南京开会。{far}"),
        Article(title="会议", text=f"新华社南京11月20日电（记者 张北）{far}"),
    ):
        assert [str(place) for place in find_places(article)] == ["江苏省南京市"]


def test_a_row_of_examples_is_not_what_an_article_is_about() -> None:
    """Four cities in a row are examples; two are the subject."""
    assert not find_places(Article(title="试点", text="北京、上海、广州、深圳等地开始试点。"))
    assert len(find_places(Article(title="试点", text="广州、深圳开始试点。"))) == 2


def test_reporters_and_the_seat_of_a_poster_are_no_places() -> None:
    """Names in brackets of credit, and where a post was sent from, say nothing of the news."""
    assert not find_places(Article(title="试点", text="（记者 张北、海宁 摄影 桂林）试点开始。"))
    assert not find_places(Article(title="试点", text="江江 2026-01-28 00:01 浙江\n试点开始。"))


@pytest.mark.parametrize("name", ["江苏", "江苏省", "南京", "南京市", "江蘇", "江苏南京", " 江苏省南京市 "])
def test_a_place_lies_in_all_that_is_around_it(name: str) -> None:
    """南京 lies in itself and in its province, by every name of theirs."""
    (place,) = find_places(Article(title="南京"))
    assert lies_in(place, name)
    assert is_known(name)


@pytest.mark.parametrize("name", ["苏州", "浙江", "鼓楼区", "安徽南京", "长三角", "中国", ""])
def test_a_place_lies_in_nothing_else(name: str) -> None:
    """Neither in its neighbours, nor in its own parts, nor in what is no division."""
    (place,) = find_places(Article(title="南京"))
    assert not lies_in(place, name)


def test_a_name_of_several_means_each_of_them() -> None:
    """A rule for 朝阳 takes the district of Beijing and the city in Liaoning; one for 北京朝阳 the first alone."""
    beijing, liaoning = (find_places(Article(title=title))[0] for title in ("北京朝阳区", "辽宁朝阳市"))
    assert lies_in(beijing, "朝阳")
    assert lies_in(liaoning, "朝阳")
    assert lies_in(beijing, "北京朝阳")
    assert not lies_in(liaoning, "北京朝阳")


def test_a_chain_has_its_levels() -> None:
    """A district of a municipality has no city, a province neither city nor county."""
    assert find_places(Article(title="南京市鼓楼区")) == (Place("320106", "江苏省", "南京市", "鼓楼区"),)
    assert find_places(Article(title="重庆万州")) == (Place("500101", "重庆市", "", "万州区"),)
    assert find_places(Article(title="江苏")) == (Place("320000", "江苏省"),)


@given(st.lists(st.sampled_from([*FULL, "的", "路", "市", "、", "\n", "大学", "和", "a"]), max_size=30), st.booleans())
def test_any_text_has_places_that_stand_in_it(parts: list[str], as_title: bool) -> None:
    """Each is found once, none lies in another, and the result is the same again."""
    text = "".join(parts)
    article = Article(title=text[:60] if as_title else "", text=text)
    found = find_places(article)
    assert len(set(found)) == len(found)
    assert not any(a != b and lies_in(a, str(b)) for a in found for b in found)
    assert find_places(article) == found
    assert all(any(name in text for name in names_within(place)) for place in found)
