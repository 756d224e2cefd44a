"""Lines that are no part of an article (credits, notices, slogans, share bars), found by what they say."""

from __future__ import annotations

import re

_COLON = r"[：:丨|／/\s]"
_LINE = re.compile(
    r"^(?:[\s\u3000【\[（(「]*)(?:"
    # credits: 原标题：… 责任编辑：王蒙 (来源：新华社)
    rf"(?:原标题|原標題|原题|责任编辑|責任編輯|责编|責編|编辑|編輯|校对|校對|审核|審核|值班编辑|本文编辑|文字编辑|监制|審校|编审|签发|初审|复审|终审){_COLON}"
    rf"|(?:来源|來源|稿源|文章来源|信息来源|转自|轉自|作者|供稿|撰稿|通讯员|图片来源|视频来源){_COLON}.{{0,40}}$"
    rf"|(?:文|图|圖|文图|图文|文字|摄影|摄像|剪辑){_COLON}.{{0,30}}$"
    # meta lines: 2024-01-11 09:30 来源… 浏览次数：12 字体：大 中 小
    r"|(?:发布时间|发布日期|发稿时间|更新时间|时间|日期|浏览次数|阅读次数|点击数|浏览量|访问量|阅读量|字号|字体|字體)\s*[：:].{0,80}$"
    r"|(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:[T\s]*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
    r"(?:[\s|｜]*(?:来源|來源|作者|编辑|记者|稿源|信息来源|浏览|阅读|字体|字号)\s*[：:].{0,40})?$"
    r"|(?:打印|关闭|關閉|收藏|分享|返回|返回顶部|上一篇|下一篇|上一条|下一条|大|中|小|【大|A\+|A-|T大|T小|字体)(?:本页|窗口|页面|到)?(?:[\s\u3000：:】\]|·/、]+.{0,30})?$"
    # the way to the page and on from it, share bars, what readers may do: 当前位置：首页 > 要闻 [1] [2] 微信
    r"|(?:您?(?:现在|当前|所在|目前)?的?(?:所在)?位置)\s*[：:].{0,80}$"
    r"|(?:\[?\d{1,3}\]?[\s|]+)+\[?\d{1,3}\]?(?:\s*(?:下一页|末页|尾页).{0,6})?$|(?=.*页)(?:首页|上一页|下一页|尾页|末页|第一页|最末页|[<>|\s\d]){2,60}$"
    r"|[←<«]+\s*返回.{0,12}$|(?:上一篇|下一篇|上一条|下一条)\s*[：:].{0,80}$"
    r"|(?:(?:微信|微博|QQ空间|QQ好友|QQ|朋友圈|新浪微博|腾讯微博|人人网|开心网|豆瓣|Facebook|Twitter|复制链接|一键分享)[\s|｜/·、]*){1,10}$"
    r"|(?:我来说两句|发表评论|我要评论|网友评论|全部评论|最新评论|查看评论|参与评论|返回列表|返回首页|我要纠错|纠错|点赞|赞|举报|Trackback)"
    r"\s*[：:]?\s*[（(]?\d*(?:条|人)?[）)]?$"
    r"|发表于\s*[^。]{0,40}(?:阅读|评论|浏览)[^。]{0,20}$|\d*\s*人(?:参与|跟贴|评论)$"
    r"|(?:主办|承办|协办|维护|技术支持)单位\s*[：:].{0,100}$|中文域名\s*[：:].{0,100}$|[^。]{0,20}(?:政府门户网站|新闻网)\s*www\.\S+$"
    # links and calls of news apps
    r"|(?:阅读原文|文章原文|原文链接|查看原文|查看评论|跳转微信打开|点击查看|新浪微博|获取更多|更多阅读|参考资料|上下滑动查看|觉得好看|欢迎关注|更多精彩)[^。]{0,60}$"
    r"|[⭐★☆▼▲▌#*\s]*(?:点赞|点亮星标|星标|加星标|欢迎关注|秒追|点击)[^。]{0,60}$|https?://\S+$"
    r"|[▌▎\s]*(?:本文来源|图片来源|图片、资料来源|资料来源|封面图|题图|头图|图源)[^。]{0,40}$|©[^。]{0,30}$|[（(]?(?:图|图片)[：:][^。]{0,20}[）)]?\s*▼?$"
    r"|(?:监制|主编|美编|包装|配音|视觉|制片|统筹|设计|出品|策划|终审)\s*[/／：:].{0,40}$"
    r"|[\*\s]*(?:本文(?:内容)?(?:不构成|仅代表|仅供)|以上内容(?:不构成|仅代表)|市场有风险)"
    r"|(?:相关阅读|相关新闻|相关链接|相关报道|延伸阅读|推荐阅读|热门推荐|更多阅读)\s*[：:].{0,120}$"
    # lists of links
    r"|(?:相关阅读|相关新闻|相关链接|相关报道|相关文章|延伸阅读|推荐阅读|热门推荐|猜你喜欢|更多新闻|精彩推荐|附件下载"
    r"|(?:重点|编辑|今日|小编|本站|为您|热点)推荐|热门文章|热点新闻|最新文章|点击排行|关键词阅读)[：:]?$"
    # calls: 扫码关注 长按识别二维码 点击下载
    r"|(?:用?微信扫|用?手机扫|扫一扫|扫码|扫描|长按|掃碼|微信扫|点击下载|下载客户端|关注我们|关注微信|分享到|分享至|微信公众号[：:]|官方微博[：:]|举报电话|举报邮箱|新闻热线|投稿邮箱).{0,60}$"
    # notices: 声明： 版权所有 未经授权
    r"|(?:特别声明|免责声明|版权声明|郑重声明|声明)[：:]"
    r"|[①-⑩※*\d、.．\s]*(?:凡本[网站]|本[网站]注明)"
    r"|(?:(?:[\u4e00-\u9fff]{2,8}|.{0,8})版权所有|未经授权|未经书面授权|凡注明|本网站?凡|转载请注明|Copyright|©|[\u4e00-\u9fff]{0,2}ICP备|公安备|网站标识码|主办[：:]|承办[：:]|技术支持[：:])"
    r")",
    re.I,
)
_ANYWHERE = re.compile(
    r"^.{0,40}(?:二维码|扫码(?:下载|关注)|下载.{0,6}(?:客户端|APP)|尽在.{1,16}(?:APP|客户端|公众号)|"
    r"ICP备\d|京公网安备|All Rights Reserved).{0,40}$"
    r"|^[^。，]{0,60}(?:版权所有|(?:关于我们|联系我们|网站地图|广告服务|法律声明|隐私政策|加入我们|友情链接|设为首页|加入收藏)[\s|｜·\-/]+){1}[^。，]{0,60}$",
    re.I,
)
_CODE = re.compile(
    r"-->|<!--|document\.write\(|\bfunction\s*\w*\s*\(\w*\)\s*\{|\bvar\s+\w+\s*=|\bwindow\.\w+\s*=|\$\(document\)"
)
_SPACED = re.compile(r"^(?:[\u3400-\u9fff，。]\s){4}")
_NEAR = 3
"""A caption that is repeated within so many lines is one."""

_TRAILING_CREDIT = re.compile(
    r"(?<!\s)\s*+[（(【\[]\s*+(?:责任编辑|責任編輯|责编|編輯|编辑)\s*[：:][^）)】\]\n]{0,30}[）)】\]]\s*$"
)
_END_OF_ARTICLE = re.compile(
    r"^[\s\u3000（(【]*(?:相关阅读|相关新闻|相关链接|相关报道|延伸阅读|推荐阅读|猜你喜欢|热门推荐|相关文章)[：:】）)]?\s*$"
)
_STATEMENT = re.compile(r"^[\s【\[（(]*[^，。]{0,12}(?:版权|免责|特别|郑重)[^，。]{0,6}声明[】\]）)]?\s*[：:]?\s*$")
_ORIGINAL_TITLE = re.compile(r"^[\s\u3000]*(?:原标题|原標題|原题)\s*[：:]\s*(.+?)\s*$", re.M)


def drop_boilerplate(lines: list[str], title: str = "") -> list[str]:
    """Return the lines of an article without credits, notices, slogans and the lists of links behind it.

    A line that repeats the `title` at the beginning goes too.
    """
    kept: list[str] = []
    for at, line in enumerate(map(_without_code, lines)):
        plain = line.strip()
        if _END_OF_ARTICLE.match(plain) and _only_short(lines[at + 1 :]):
            break
        if _STATEMENT.match(plain) and at * 2 >= len(lines):
            break
        if plain and not is_boilerplate(plain) and not (len(kept) < 2 and _same(plain, title)):
            if _is_caption(plain) and line in kept[-_NEAR:]:
                continue
            kept.append(_TRAILING_CREDIT.sub("", line))
    return kept


def _is_caption(line: str) -> bool:
    """Whether a line may be the words below a picture, which a page gives once more for screen readers."""
    return len(line) >= 6 and not line.endswith(("。", "！", "？", "；", "，", "”"))


def is_boilerplate(line: str) -> bool:
    """Whether a line is a credit, a notice or a slogan, by what it says."""
    if len(line) > 200:
        return False
    if _SPACED.match(line):  # 版 权 所 有
        line = line.replace(" ", "")
    return bool(_LINE.match(line) or (len(line) <= 80 and _ANYWHERE.match(line)))


def original_title(text: str) -> str:
    """Return the headline that a reprint names as its 原标题, or nothing."""
    match = _ORIGINAL_TITLE.search(text[:2000])
    return match.group(1) if match else ""


def _without_code(line: str) -> str:
    """The line up to the sentence end before a script that a crawler took for text."""
    code = _CODE.search(line)
    if code is None:
        return line
    return line[: max(line.rfind(mark, 0, code.start()) for mark in "。！？”") + 1]


def _only_short(lines: list[str]) -> bool:
    """Whether nothing that reads like a paragraph follows."""
    return all(len(line.strip()) < 60 for line in lines)


def _same(line: str, title: str) -> bool:
    def words(text: str) -> str:
        return "".join(filter(str.isalnum, text))

    return bool(title) and words(line) == words(title)
