"""Articles to compose from: eight reports that have nothing in common, and any mixture of small ones."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from digest.model import Article, Edition, SectionRule

SHANGHAI = ZoneInfo("Asia/Shanghai")
SLOT = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
EDITION = Edition("daily", "每日摘要")

FLOOD = (
    "云泽日报讯（记者 顾明）11月18日夜间，云泽北部山区出现持续强降雨，石门渡镇最大雨量达到213毫米。"
    "市防汛指挥部当晚启动四级应急响应，连夜转移沿江群众1864人。\n"
    "截至19日清晨，白鹭水库水位回落至警戒线以下，下游堤防没有出现险情。"
    "水文部门预计，未来两天降雨逐渐减弱，请市民远离涨水河道。"
)
MUSEUM = (
    "鹭汀市立博物馆新馆11月19日正式开馆，三百二十件海上贸易文物首次与观众见面。"
    "展厅以一艘复原的福船为中心，沿着瓷器、香料和账簿三条线索讲述古港往事。\n"
    "馆长何舟介绍，新馆每周二至周日免费开放，夜场延长到晚上九点。"
    "开馆首日共接待观众六千余人，预约已经排到下个月。"
)
HOTLINE = (
    "澜川便民热线智能辅助系统上线满月，平均接通时间从43秒缩短到8秒。"
    "系统自动记录群众诉求并推荐承办单位，话务员核对以后才会派发工单。\n"
    "热线中心统计，一次派准率提高到95.7%，重复来电减少三成。"
    "下一步，老年人专席和方言识别功能将在年底前试用。"
)
LUNCH = (
    "鹤汀市326所中小学食堂全部接入阳光午餐平台，家长打开手机就能看到当天菜谱。"
    "进货票据、留样记录和后厨画面每天公开，覆盖学生餐二十一万份。\n"
    "教育局副局长许岚表示，平台发现的问题须在一个工作日之内答复。"
    "试运行期间，已有四家供货商因票据不全被暂停配送。"
)
CARDS = (
    "单用途预付卡示范合同今日发布，首批412家健身、美容商户承诺七日无理由退款。"
    "合同规定，预收金额超过五千元的必须存入监管账户，商户停业要提前三十天公告。\n"
    "消费者权益保护委员会提醒，付款之前先查商户是否在承诺名单之内。"
    "去年全市受理预付卡投诉九千余件，其中一半涉及关门跑路。"
)
BATTERY = (
    "电动自行车换电柜消防规范下月起实施，居民楼门厅和疏散通道不得设置充电设施。"
    "每组换电柜须配备自动灭火装置，温度异常时三秒之内切断电源。\n"
    "消防救援支队将联合街道逐栋排查，年底前拆除违规飞线一万余处。"
    "对主动更换合格电池的车主，每辆补贴二百元。"
)
SCHOOL = (
    "瀚宁从明年春季起在小学三年级以上开设人工智能通识课，每学期不少于八课时。"
    "课程不组织统一考试，也不与升学挂钩，教材由本地高校和教研室合编。\n"
    "首批一百二十名教师已经完成培训，乡村学校由城区教师每周送课。"
    "家长最关心的屏幕时间，方案限定为每节课十五分钟。"
)
NETWORK = (
    "岚溪骨干光网完成扩容，全市所有乡镇实现万兆接入，施工历时十一个月。"
    "运营单位在山区改用架空光缆，把开挖路面的长度压缩了六成。\n"
    "扩容之后，县医院与省城专家的远程会诊画面延迟不足二十毫秒。"
    "明年的重点是老旧小区楼道布线，计划改造三百栋。"
)
TITLES = {
    "云泽北部山区强降雨 连夜转移一千八百人": FLOOD,
    "鹭汀博物馆新馆开馆 海贸文物首次亮相": MUSEUM,
    "澜川热线接通时间缩短至八秒": HOTLINE,
    "鹤汀学校食堂接入阳光午餐平台": LUNCH,
    "预付卡示范合同发布 七日之内可以退款": CARDS,
    "换电柜消防规范下月实施": BATTERY,
    "瀚宁中小学明春开设人工智能通识课": SCHOOL,
    "岚溪光网扩容完成 乡镇全部万兆接入": NETWORK,
}
REPORTS = tuple(
    Article(
        title=title,
        text=text,
        url=f"https://news.example/{number}",
        site=f"第{number}站",
        source="样本",
        language="zh-Hans",
        published=datetime(2026, 11, 19, 9 + number, tzinfo=SHANGHAI),
    )
    for number, (title, text) in enumerate(TITLES.items())
)

_PIECES = [sentence + "。" for text in TITLES.values() for sentence in text.replace("\n", "").split("。") if sentence]
_ODD = ["", " \n", "！！！", "😀", "一句没有标点的话", "x", "Plain English words here. And some more of them.", "²"]
texts = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=5).map("".join), st.sampled_from([*TITLES.values(), *_ODD])
)
moments = st.one_of(
    st.none(),
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 1), timezones=st.sampled_from([UTC, SHANGHAI])),
)
small_articles = st.builds(
    Article,
    title=st.sampled_from(["", "短题", "今日要闻简报与提示", *list(TITLES)[:3]]),
    text=texts,
    url=st.sampled_from(["", "", "https://news.example/a", "https://news.example/b"]),
    site=st.sampled_from(["", "甲站", "乙站", "其他"]),
    source=st.sampled_from(["", "样本", "另一来源"]),
    language=st.sampled_from(["zh-Hans", "en", "und", ""]),
    published=moments,
)
editions = st.builds(
    Edition,
    name=st.just("daily"),
    title=st.just("每日摘要"),
    chars=st.sampled_from([1, 40, 120]),
    items=st.integers(0, 6),
    group_by=st.sampled_from(["none", "source", "topic"]),
    sections=st.sampled_from(
        [
            (),
            (SectionRule("民生", ("食堂", "预付卡")), SectionRule("甲", sources=("甲站",))),
            (SectionRule("其他", ("热线",)), SectionRule("科技", ("光网",)), SectionRule("科技", ("人工智能",))),
        ]
    ),
)
