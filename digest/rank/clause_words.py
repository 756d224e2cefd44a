"""The words by which a clause shows what it is to its neighbours: who speaks, what binds, what leans, what is new.

Patterns over simplified Chinese, each with the example that forced it; `digest.rank.trimming` says what follows.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

SPEAKS = re.compile(
    r"(?:说|道|表示|称|指出|强调|要求|认为|提出|介绍|告诉|告诉\S{1,4}|坦言|透露|显示|表明|获悉|了解到?|报道|消息|宣布|明确|提到|写道|回应|呼吁|建议|预计|预期|预测|判断|警告|"
    r"公告|通告|承认|解释|补充|直言|感叹|回忆|注意到|发现|看到|指|讲|谈到|问|答|喊|通报|包括|如下|分别是|是|为|有|即|重申|希望|相信|看来|反映|证实|声明|主张|提醒|(?<![合反照守])规定|提示|认定|决定|"
    r"承诺|确认|披露|声称|宣称|坚称|分析|分析称|研判|评价|补充说|批示|指示|估计|强调说|通知|裁定|判决|约定|同意|获知|得知|证明|说明)$"
)
MEDIUM = re.compile(
    r"^(?:据|根据)[^，,“]{0,24}(?:报|社|网|台|媒|媒体|新闻|客户端|电视|杂志|周刊|公众号|外电)[^，,“]{0,20}(?:报道|消息|披露|援引)?$"
    r"|^(?:据|根据)[^，,“]{0,30}(?:统计|数据|测算|监测)(?:显示)?$"
    r"|^[^，,“]{0,36}(?:数据|统计|调查|研究|财报|监测|预报)(?:结果)?(?:显示|表明)$"
    r"|^(?:日前|近日|\d+日)?(?:记者|本报|本网)?[^，,“]{0,6}(?:获悉|了解到|注意到)$|^记者[^，,“]{0,25}(?:获悉|了解到)$"
    r"|^(?:据悉|据了解|据介绍|据统计|据报道|报道称)$"
)
"""Who reported or counted it: the report stands without.  Not so a ministry, a verdict or a bystander."""

TIME = re.compile(
    r"^(?:当地时间|北京时间)?(?:\d{1,4} ?[年月日时点]|近日|日前|昨[天日晚]?|今[天日晨年晚早]|当[日天晚]|目前|近期|"
    r"近年来?|此前|截至|截止|上周|"
    r"本周|去年|前不久|连日来|最近|"
    r"[一二三四五六七八九十]+月|自\d|早些时候|本月|上月|今明|春节|国庆|假期|入夜|白天|清晨|凌晨|傍晚)"
)
FRAME = re.compile(
    r"^(?:为了?(?!首|一|期|此|人|民)|围绕|随着|伴随着?|在|当|根据|按照|依据|依照|遵照|经(?!济|营|过去)|通过(?!了)|针对|面对|鉴于|结合|自从?|从|对于|关于|作为|除(?!非)|继|受|"
    r"对(?!方|手|话|口|标|接|照)|就(?!业|是|地)|以(?!及|色|上|下|内|外|来|往)|本着|着眼|立足|沿着)"
)
FRAME_END = re.compile(
    r"(?:时|后|前|期间|之际|以来|年来|月来|天来|之后|之前|中|下|上|里|同时|当天|当日|之时|之余|之外|基础上|方面|起|以后|以前|伊始|之初|的话|影响)$"
)
PURPOSE = re.compile(
    r"[\u3400-\u9fff]为(?:让|了|进一步|更好|确保|推动|加快|推进|促进|规范|加强|保障|落实|贯彻|解决|方便)"
)
"""A subject that goes on to its purpose: 民政局为让失能老人获得照护， neither may go nor stand."""

BINDS = re.compile(
    r"\d{4} ?年|[去前]年|此前|年前|世纪|以往|过去|当年|当时|历史上|早在|曾|情况下|"
    r"没有|未(?!来)|拒不|低于|高于|网传|传言|传闻|反映|原定|原计划|^每|^逢|^由|"
    r"^(?:据|根据|按照)[^，]*(?:决定书|判决|公告|通报|声明|消息|说法|介绍|透露|博文|微博|网友|爆料)"
)
"""What may not go: a time long gone (the news would seem to be of today), who said or did it, a rule (每…都)."""

COLLOQUIAL = re.compile(r"我觉得|我们知道|就是说|这个.*这个|那个|咱们|对吧|是吧|然后|啊[，。]|呢[，。]|嗯|那么|的话，")
"""A talk is not trimmed: its commas part breaths, not clauses."""

AMONG = re.compile(r"^(?:其中|方面)|方面$")
"""其中江西水泥涨5%，福建水泥涨3%： one of a list does not stand without the words that open it."""

TOPIC = re.compile(
    r"(?:来看|来说|而言|来讲|看)$|^(?:惊悉|欣悉|欣闻)|^(?:再?加上|除了)|^[这那该此其][^，]*的[^，是有为]{1,6}$"
)
"""A clause that only raises what the next one is about: 就双方关系来看  这句嘱托  惊悉客机失事."""

ALSO = re.compile(r"也|才(?!能|干|华|艺)|便|亦|还|同样|同样|另外|其他|其余|同步|“[^”]*[这那他她该]")
VERBAL_NOUNS = frozenset(
    re.findall(
        r"\w+",
        "投资 消费 生产 贸易 出口 进口 销售 收入 支出 就业 教育 旅游 交通 运输 研究 调查 报告 会议 活动 "
        "比赛 考试 讲话 规划 改革 报名 招生 招聘 供应 需求 采购",
    )
)
"""Verbal nouns (vn) that do stand first as a subject: 投资增长  出口回升."""

HOLDS_SUBJECT = re.compile(r"^[^，]{4,}(?:在|于|就|应|回应|针对)[^，]*$")
"""发言人蒋某星期四在记者会上， holds the subject of what follows."""

CONNECTIVE = re.compile(
    r"^(?:此外|另外|同时|与此同时|对此|为此|据此|不过|因此|接下来|下一步|随后|其次|最后|首先|总之|事实上|实际上|一般来说|总体来看|总体上|总的来看|具体来看|"
    r"具体而言|值得注意的是|值得关注的是|值得一提的是|需要注意的是)$"
)
PAIRS = (
    (
        re.compile(r"如果|如(?=[\u3400-\u9fff]{2,8}未)|若(?!干)|假如|假使|要是|倘若|一旦|万一"),
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

LINKED = re.compile(
    r"^[“‘]?(?:但|却|而|并|且|也|还|则|就|才|都|更|再|又|因此|因而|所以|从而|以(?!色列|上|下|内|外|来|往)|使|让|令|致|导致|其|该|此|这|那|他|她|它|另外?|同时|不过|然而|"
    r"否则|或|及|和|与|即|如|例如|比如|甚至|尤其|特别|包括|分别|同比|环比|于是|进而|力争|确保|为|对|反|仍|均|共|将|已|曾|正|可|能|会(?!议|晤|员|展)|应|须|要|不(?!锈)|没|未|"
    r"无(?!锡|人|线)|有|是|等|之|的|地(?!方|铁|震|区)|得|被|把|向|从|由|给|最(?!高)|很|较|约|近|超|达|至|各|双方|[两三四]地|[两三四][市县省国]|两者|前者|后者|自己|本人|[二三四五六七八九十]是|"
    r"[二三四五六七八九十]要|第?[二三四五六七八九十]、|其中|当中|累计|合计|平均|预计|总计|占|每|随之|随即|继续|进一步|切实|着力|精心|认真|扎实|积极|全力|大力|奋力|主动|加强|加上|不断|相关|有关|上述|所谓|尚|只|仅|几|许多|多|"
    r"部分|一些|某|院方|馆方|校方|园方|店方|警方|当地|期间|辖区|此间|会上|会后|现场|现有|现存|人们|大家|"
    r"全长|总投资|面积|总额|总量|金额|人数|数量|产值|增速|增幅|降幅|涨幅|跌幅|占比|比重|年龄|身高|价格|规模|时间|地点|目的|原因|总面积|总长|总建筑|项目总|预算|概算|成交|净利|营收|"
    r"归母|扣非|毛利|目标价|跌|涨|升|降|规定|要求|明确|提出|强调|提醒|呼吁|建议|决定|计划|公司(?=[股于自拟将与的])|本公司|集团(?=[股于自拟将])|全年|同期|当年|当月|翌日|次日)"
)
"""Openings that lean on what stood before."""

LEANS_BACK = re.compile(
    r"^(?:但|却|然而|不过|可是|而非|而不是|而是|否则|只是|才|就(?!业)|则|便|所以|因此|因而|故|也|还|而且|并且|更|又|都(?!市)|甚至|尽管|虽然|不如|以免|除非|除外|等|即[^将使墨]|不得|不含|但书|以及|或者|每次|每人|每户|最多|最长|不超过|仅限|限于|跌|涨|有利于|有助于)"
)
"""Openings of a clause that the one before it may not be printed without."""

REVERSES = re.compile(r"^(?:但|却|然而|不过|可是)|除外$")
ACTOR = re.compile(
    r"(?:省|市|县|区|镇|部|委|局|厅|署|院|所|会|办|公司|集团|银行|大学|政府|法院|中心|协会|警方|国|军|党|队|医院|学校|厂|馆|机场|港|站)$"
)
NAMES = frozenset(("nr", "ns", "nt", "nrt", "nrfg"))
JOINS = frozenset(("联合", "会同", "携手", "协同", "连同", "携", "偕"))
QUOTATION = re.compile(r"[“「『][^”」』]*[”」』]?")
MEASURES = re.compile(r"(?:[为达超约至升降增减有占]|超过|达到|突破)\d")
NO_SUBJECT = frozenset(("r", "y", "f", "ul", "uj", "a", "ad", "an", "z", "i", "l"))
"""Parts of speech that open no subject."""

ADVERBS = frozenset(("将", "已", "已经", "正", "正在", "均", "仍", "曾", "共", "即将", "全部", "未", "不"))
CAUSE = re.compile(r"^(?:但|而|并|也|又|且|特别是|尤其是)(?:因|由于|为|在|随着|经|从|对|通过)")
ELLIPTIC = re.compile(r"^[^，]{1,16}?(?:为|达|约|超|占)[\d一二三四五六七八九十]")
"""广东、黑龙江为4.5%： of what, the clause before told."""

PENDING = re.compile(
    r"(?:依托|借助|凭借|利用|围绕|针对|立足|聚焦|听从|遵照|相较|相比|比起|从(?=[^，]*出发$)|以[^，；]{2,20}为(?:契机|抓手|主题|引领|牵引|目标|核心|重点|依托|基础|支撑))[^，；]*$"
)
"""Means whose end is still to come: 同意两家医院依托中心，开展试点。"""

TAKES_BACK = re.compile(
    r"假使|倘若|如果|除非|条件是|前提|须经|须待|批准后|仅限|尚未|否认|谣言|取消|推迟|搁置|不属实|属实|误读|误传|回吐|失实|(?:没有|缺乏)[^，]{0,4}依据|不实|作废|撤回|叫停|"
    r"不认同|没有证据|^这(?:一|种)[^，]*(?:否认|说法|错)|这样认为|的看法|^据[^，]{1,8}(?:预测|估计|说法)$"
)
"""What takes back, denies, postpones or conditions what was said before it: not to be left off."""

UNSURE = re.compile(r"^(?:网传|有?传言|有?传闻|原定|原计划)|原定于")
"""What asks for the clause that settles it: 网传将新建地铁， 市交通局回应称系谣言."""

DATED = re.compile(r"(?:于|在)[^，]{0,8}\d[^，]{0,10}[日月年时分]$")
"""A time whose deed is still to come: 公司将于9月2日，"""

FROM_TO = re.compile(r"^(?:过去|近)?[^，]{0,6}(?:再?[从到至](?!位|期)|直到)")
"""从会议上提出，到报告中明确， only frames what follows."""

STUNNED = re.compile(r"惊悉|欣悉|欣闻")
DEICTIC = re.compile(r"当[天日晚地](?!时间)|同[日年期]|这[个一些位名]|上述|本(?:次|届|方案|办法|规定|条例|通知|项目)")
"""Words that point to a day or a place: where the front is left off they point to nothing."""

VAGUE = re.compile(r"^(?:截[至止])?(?:近[日期]|日前|目前|最近|前不久|连日来|近年来)$")
"""Times that tell no day."""

OWNER = re.compile(
    r"(?:显示|公布|发布|通报|介绍|表示|指出|说)$(?<!^数据显示)(?<!^最新数据显示)(?<!^介绍)(?<!^据介绍)(?<!^据通报)(?<!^据他介绍)(?<!^据她介绍)"
)
"""Whose the figure is that follows: 岚川汽车协会27日公布的数据显示，"""

WHETHER = re.compile(r"^(?:如何|是否|能否|可否|为何|怎样|何时|何以)")
AUXILIARIES = frozenset(
    ("会", "能", "可", "可以", "可能", "能够", "应", "应该", "应当", "该", "要", "需", "需要", "是", "有")
)
"""Verbs that govern no question behind them: 岚川应如何应对  is asked by the verb before it."""

SHOWS = re.compile(r"(?:显示|表明)$")
GROUP = re.compile(r"^(?:[两二三四五]地|[两三四五][市县省国方]|双方|两者)")
BEFORE = re.compile(r"^(?:此前|以前|过去|以往|原先|原本|起初|最初)")
TRAILING_SPEAKER = re.compile(r"^[^“”]{1,24}(?:说|表示|称|指出|介绍|道|认为|强调|坦言|透露)[。！？!?]?$")
FIRST_ITEM = re.compile(r"一(?:是|要|方面)|首先|先是|第一项|其一|（一）|^有的")
NEXT_ITEM = re.compile(r"^(?:[二三四五六七八九十](?:是|要)|其次|紧随|随后|再是|第[二三四五]|其二|（二）|有的)")


@cache
def news_verbs() -> frozenset[str]:
    """Return the verbs of news that the dictionary takes for nouns (大桥通车  新馆开业), from `data/verbs.txt`."""
    lines = files("digest").joinpath("data/verbs.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
