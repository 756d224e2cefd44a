"""What a headline says about the weight of its article: an act of the State, opinion, advertising."""

from __future__ import annotations

import re

from digest.rank.language import simplify

OFFICIAL, ACT = 1.3, 1.2
"""What a headline weighs that names the highest organs of the State, or an act that binds its readers."""

OPINION, ADVERTISING = 0.6, 0.1

_HIGHEST = re.compile(
    r"中共中央|党中央|中央政治局|中央军委|中央纪委|国家监委|全国人大|全国政协|最高人民法院|最高人民检察院|最高[法检](?!学)"
    r"|国务院(?!国资委|新闻办|台办|侨办|港澳办|参事|发展研究中心)|国务院常务会议|总书记|国家主席(?=[习会同]|$)|主席令"
    # who holds the highest offices, as of the 20th Central Committee and the 14th National People's Congress
    r"|习近平|李强(?=[同会主在对将出签致指强：，\s]|$)|赵乐际|王沪宁|蔡奇|丁薛祥|李希(?=[同会主在对将出致强：，\s]|$)|韩正"
)
_ACT = re.compile(
    r"(?:条例|办法|规定|细则|目录|标准|清单|方案|规划|意见|通知|公告|决定|指南)[》”]?[^，。]{0,8}(?:印发|发布|公布|出台|施行|实施|征求意见)"
    r"|(?:印发|发布|公布|出台|施行|修订|通过|公开征求)[^，。]{0,30}(?:条例|办法|规定|细则|目录|标准|清单|方案|规划|意见|通知|公告|决定|指南)"
    r"|征求意见|关于[^，。]{2,40}的(?:通知|公告|意见|决定|通报|批复|公示)$"
)
_OPINION = re.compile(
    r"时评|快评|锐评|短评|社论|评论|点评|综述|观察|述评|随笔|手记|特写|专访|对话|访谈|解读|答记者问|特稿|图集|组图|延伸阅读|读数|夜读|深思|副刊"
    r"|早报|晚报|日报[｜|丨：]|早知道|要闻|速览|周报|周刊|盘点|一文|[？?]|如何|为何|何以|何来|怎[么样]|密码|之道|启示"
)
_ADVERTISEMENT = re.compile(
    r"红包|领券|优惠|到手|秒杀|限时加码|满减|下单立减|国补价|百亿补贴|新低价|包邮|[元]起(?![诉草征])"
)


def is_opinion(title: str) -> bool:
    """Whether a headline stands over opinion, a feature or a question rather than news."""
    return bool(_OPINION.search(simplify(title)) or is_advertisement(title))


def is_advertisement(title: str) -> bool:
    """Whether a headline sells something."""
    return bool(_ADVERTISEMENT.search(simplify(title)))


def weigh_headline(title: str) -> dict[str, float]:
    """Return what a headline makes of its event's importance, by name; nothing where it is ordinary news."""
    plain = simplify(title)
    terms: dict[str, float] = {}
    if _HIGHEST.search(plain):
        terms["official"] = OFFICIAL
    if _ACT.search(plain):
        terms["act"] = ACT
    if _ADVERTISEMENT.search(plain):
        terms["advertisement"] = ADVERTISING
    elif _OPINION.search(plain):
        terms["opinion"] = OPINION
    return terms
