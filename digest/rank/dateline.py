"""Datelines: the agency, place, day and reporter that a report opens with, and the mark of a line in a list.

深圳特区报讯（首席记者 徐兴东）1月13日， · 新华社北京1月13日电（记者 张三） · 中新网1月13日电 · 本报讯（记者 李四）
"""

from __future__ import annotations

import re

_DAY = r"(?:\d{4} ?年 ?)?\d{1,2} ?月 ?\d{1,2} ?日"
# 1月13日，会议召开: the day goes.  1月13日上午10时，会议召开: an hour without its day would tell nothing.
_LONE_DAY = rf"(?:{_DAY}(?=[ \t\u3000]*[，,：:]))?"
_WHO = (
    r"(?:[（(][^（）()\n]{0,12}(?:记者|記者|通讯员|通訊員|编辑|編輯|作者|见习|实习|文/)[^（）()\n]{0,60}[）)]"
    r"|[（(][^（）()\n]{1,24}[）)])"
)
_REPORTER = (
    r"(?:(?:本报|本台|本网|首席|见习|实习)?(?:记者|記者)[^，。：:,\n]{2,20}?(?:报道|報道|報導|摄影报道)[：:，,]?)"
)
_AGENCY = r"[\u3400-\u9fffA-Za-z·]{1,14}?(?:社|网|網|报|報|台|在线|線|新闻|新聞|客户端|频道|日报|晚报|晨报|财经|之家)"
_NO_PLACE = "据有好坏新的条则类方士员家者部委局厅署会院所办社媒体息内幕"
"""What stands before 消息 where it is no place: a body or a person whose word it is, or 好消息."""

_SPACE = r"[ \t\u3000]*"
_FROM_PLACE = rf"(?![据依根按最])[\u3400-\u9fff]{{2,8}}(?<![{_NO_PLACE}])消息{_SPACE}[：:]"
_END = rf"{_SPACE}[，,：:丨｜|]?{_SPACE}"
_DATELINE = re.compile(
    # a stamp before the dateline: 2026年01月27日  本报北京1月26日电
    rf"{_SPACE}(?:\d{{4}}年\d{{1,2}}月\d{{1,2}}日[ \t\u3000]+(?=\S{{0,12}}(?:电|讯|消息|{_DAY}|[（(])))?(?:"
    # 新华社北京1月13日电（记者 张三）  中新网1月13日电  財聯社1月13日電，
    rf"{_AGENCY}[\u3400-\u9fff·/、 ]{{0,12}}?{_DAY}{_SPACE}[电電讯訊]{_SPACE}(?:{_WHO}|{_REPORTER}|题[：:])?"
    # 深圳特区报讯（首席记者 徐兴东）1月13日，  本报讯 记者王五报道
    rf"|[\u3400-\u9fffA-Za-z·]{{2,14}}?[讯訊]{_SPACE}(?:{_WHO}|{_REPORTER}){_SPACE}{_LONE_DAY}"
    # 岚网 1 月 28 日消息，
    rf"|(?!据){_AGENCY} ?{_DAY}(?:上午|下午|晚间|凌晨)?(?:消息|[讯訊])(?=[，,：:])"
    # 【岚网】  【記者葉知微／鷺汀報導】
    rf"|【{_AGENCY}】|【[^【】\n]{{0,8}}(?:记者|記者)[^【】\n]{{2,24}}】"
    # 央视网消息：  新华网消息（记者 …）
    rf"|(?!据|根据){_AGENCY}消息{_SPACE}(?:{_WHO}{_SPACE}(?=[：:，,]|\S)|(?=[：:，,]))"
    # 岚溪消息：  but not 据悉消息：, 好消息：, 市教育局消息：, 知情人士消息：
    rf"|{_FROM_PLACE}"
    # 2026年01月27日　　大桥通车: a stamp parted from the text by more than one space
    rf"|\d{{4}}年\d{{1,2}}月\d{{1,2}}日(?:[ \t]\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?(?:[ \t]{{2,}}|[ \t]?(?:\u3000|\r?\n))"
    # （记者 张三）  （央视财经《…》）
    rf"|[（(][^（）()\n]{{0,10}}(?:记者|記者|通讯员|通訊員)[^（）()\n]{{0,60}}[）)]{_SPACE}{_LONE_DAY}"
    # 中新网北京讯 without a reporter needs a space: 本报讯 昨日
    rf"|(?:本报|本台|本网|[\u3400-\u9fff]{{2,10}}(?:日报|晚报|晨报|网|網|在线))[讯訊](?=[ \u3000：:，,])"
    # ■ 资产总额突破95万亿元
    rf"|[■●◆▲▶►•※★☆○◇□◎]{{1,3}}"
    # LONDON, Jan. 13 (Xinhua) --   LONDON (Reuters) -   LONDON —
    r"|[A-Z][A-Z .,'’/-]{2,40}(?:[A-Z][a-z]{2,8}\.? \d{1,2} ?)?(?:\([A-Za-z .]{2,30}\) ?(?:--?|—|–)|(?:--|—))"
    # 本报岚溪1月27日电（记者张三）汉宁消息：
    rf"){_END}(?:{_FROM_PLACE}{_SPACE})?"
)


_STAMP = re.compile(r"\s*\d{4}年\d{1,2}月\d{1,2}日[\d:\s]*")


def signed(sentence: str) -> bool:
    """Return whether `sentence` opens with a dateline that is more than a stamp, as a wire story does."""
    length = dateline_length(sentence)
    return length > 0 and not _STAMP.fullmatch(sentence, 0, length)


def dateline_length(sentence: str) -> int:
    """Return how many leading characters of `sentence` are a dateline with its mark; 0 where there is none.

    A bare date is none: `1月11日，会议在南京召开` tells when something happened.
    """
    match = _DATELINE.match(sentence)
    if match is None or match.end() >= len(sentence.rstrip()):
        return 0
    return match.end()
