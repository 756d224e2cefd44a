"""What firewalls, error pages and logins say instead of an article, in simplified Chinese and English.

A title must be one of these from end to end; a line must begin with one.
"""

from __future__ import annotations

import re

_PAGE = r"(?:页面|网页|文件|内容|资源|文章|地址|网址|信息|链接|新闻|帖子|主题)"
_CODE = r"(?:[\s:：_|,，.!！-].{0,40}|错误.{0,20}|页面.{0,20})?"
_SORRY = r"(?:.{0,6}抱歉|对不起|sorry)?[，,！!\s]*"
_GONE = (
    r"(?:不存在|未找到|没找到|没有找到|找不到|走丢|飞走|"
    r"已(?:经)?(?:被)?(?:删除|移除|下线|撤销|失效|过期)|无法(?:访问|显示|找到))"
)
_LOST = r"(?:not found|(?:does not|doesn't|no longer) exists?|could ?n.t be found|(?:cannot|could not) be found)"
_VISIT = r"(?:访问|请求|行为|操作)"
_STOPPED = r"(?:拒绝|拦截|禁止|阻断|限制)"
_MACHINE = r"(?:系统|服务器?|网站|网络|程序)(?:正在|暂时|内部|当前|正)?(?:很|太|发生)?"
_TROUBLE = r"(?:繁忙|异常|错误|出错|维护中?|升级中?|忙|故障|不可用|开小差|关闭)"

_TITLES = {
    "it asks for a verification": (
        r"(?:百度|用户|网站|访问)?(?:安全|人机|滑[动块]|身份|访问|行为)?(?:验证码?|校验|检测|检查)(?:中心|页面|中)?[.…]*",
        r"just a moment[.…]*|attention required.*|checking your browser.*|请稍[候后][.…]*|captcha.*|ddos.guard",
        r"(?:security|human|bot|robot) (?:check|verification)|verify(?:ing)? you are.*",
        r"are you (?:a )?(?:human|robot).*|请(?:您)?(?:先)?(?:输入|完成|通过|进行).{0,6}验证码?",
    ),
    "it says that visits are too frequent": (
        r"(?:您的?)?(?:访问|操作|请求)(?:过于|太过?|太)?频繁",
        rf"too many requests|429{_CODE}|rate limit(?: exceeded)?",
    ),
    "it refuses the visit": (
        r"(?:您的?)?(?:访问|请求|拒绝)(?:已)?(?:被|受)?(?:拒绝|拦截|禁止|阻断|限制|访问)|禁止访问|(?:访问)?拦截(?:提示|页面)?",
        rf"(?:http\s*)?(?:error\s*)?40[135]{_CODE}|(?:access|request|permission) (?:denied|blocked|rejected)|forbidden",
        r".{0,8}(?:云|网站)防火墙|.{0,10}\bwaf\b.{0,10}",
    ),
    "it says that the page does not exist": (
        rf"(?:http\s*)?(?:error\s*)?404{_CODE}|no such page|(?:page|file)? ?not found.{{0,20}}",
        r".{0,6}(?:页面|网页)(?:不存在|未找到|没有找到|找不到了?|丢失了?|走丢了|已删除|出错了?)",
        r"(?:找不到|无法找到)(?:该|此)?(?:页面?|网页|文件|资源).{0,4}",
        r"(?:该|此|本)?(?:文章|内容|新闻|信息|帖子)(?:已|已经|已被)(?:被)?(?:作者|发布者)?(?:删除|下架|下线|撤回)了?",
    ),
    "it says that the server is in trouble": (
        rf"{_MACHINE}{_TROUBLE}.{{0,4}}|(?:http\s*)?(?:error\s*)?50[0234]{_CODE}|error",
        r"(?:internal )?server error|bad gateway|gateway time-?out|service (?:temporarily )?unavailable",
        r"(?:出错|错误|运行时错误|系统提示|错误提示|错误信息|提示信息|信息提示)(?:了|页面|啦)?",
    ),
    "it asks for a login": (
        r"(?:请|用户|会员|账号|帐号|统一|身份|单点|系统|后台|安全)*登[录陆入](?:页面?|界面|中心|系统|平台|认证)?",
        r"(?:please )?(?:log ?in|sign ?in)(?: required| page)?|(?:统一)?身份认证.{0,6}",
    ),
}
_LINES = {
    "it asks for a verification": (
        r"请(?:您)?(?:先)?(?:完成|通过|进行|拖动|滑动|点击|按住|输入)[^。]{0,16}(?:验证|滑块|校验|图片中|字符)",
        r"为了?(?:保护|保障|确保)?您?的?.{0,8}安全[，,\s]*请.{0,8}验证|(?:请)?(?:拖动|向右滑动|按住).{0,6}滑块",
        r"(?:正在)?(?:进行)?(?:人机|安全)(?:验证|检测|检查)(?:中|$)|(?:您的)?浏览器(?:安全)?(?:检查|检测)中",
        r"checking (?:if the site connection|your browser)|enable javascript and cookies",
        r"verify(?:ing)? (?:that )?you are|prove (?:that )?you.{0,10}human|complete the (?:security check|captcha)",
    ),
    "it says that visits are too frequent": (
        r"(?:您的?|当前|你的?)?(?:IP|账号|操作|访问|请求|的)*(?:过于|太过?|次数)(?:频繁|过多)",
        r"(?:您|你|当前).{0,6}(?:访问|操作|请求)(?:过于|太)?频繁|too many requests|rate limit exceeded",
    ),
    "it refuses the visit": (
        rf"{_SORRY}(?:您|你|当前|由于您).{{0,10}}{_VISIT}(?:已)?(?:被|受到|存在).{{0,8}}(?:{_STOPPED}|威胁|风险)",
        rf"{_SORRY}由于您访问的.{{0,20}}威胁|(?:您|你)没有权限|(?:您|你)的?IP.{{0,20}}(?:禁止|封|拒绝|黑名单)",
        r"(?:您|你).{0,6}(?:提交|请求|访问).{0,8}(?:非法|恶意|不合法|不安全|疑似.{0,4}攻击|有害)",
        rf"{_VISIT}(?:已)?被{_STOPPED}(?:[，,。！!]|$)|the requested URL was rejected",
        r"(?:access|request|permission) (?:was |is |has been )?(?:denied|blocked|rejected)",
        r"you (?:don't|do not) have permission|403 forbidden|(?:sorry, )?you have been blocked",
    ),
    "it says that the page does not exist": (
        rf"{_SORRY}(?:您|你|该|此|本|当前|所|指定的)?(?:要|想|所)?(?:访问|请求|查找|查看|浏览|打开)?的?{_PAGE}.{{0,6}}{_GONE}",
        rf"{_SORRY}(?:没有|未能?|无法|找不到)(?:找到|到)?(?:您|你|该|此)(?:要|所)?(?:访问|请求|查找|需要)?的?{_PAGE}",
        r"(?:该|此|本)?(?:文章|内容|新闻|信息|帖子)(?:已|已经|已被)(?:被)?(?:作者|发布者)?(?:删除|下架|下线|撤回)",
        rf"404(?: not found)?$|(?:sorry, )?(?:the |this )?(?:requested )?(?:page|URL|file|resource)[^.]{{0,30}}{_LOST}",
    ),
    "it says that the server is in trouble": (
        rf"{_SORRY}(?:当前)?{_MACHINE}{_TROUBLE}(?:[，,。！!\s]*请?\s*(?:您)?(?:稍[后候]|重新|刷新|休息)|[中了]?[。！!.…]*$)",
        r"(?:您好|尊敬的.{0,6})?[，,：:！!\s]*(?:由于|因)?.{0,8}系统.{0,4}(?:升级|维护).{0,40}暂停(?:服务|访问)",
        r"(?:50[0234] )?(?:internal server error|bad gateway|gateway time-?out|service (?:temporarily )?unavailable)",
        r"(?:fatal error|warning|parse error): |(?:the )?server (?:is busy|has encountered|is temporarily)",
        r"database (?:connection )?error|error establishing a database",
    ),
    "it asks for a login": (
        rf"{_SORRY}(?:请您?|您?需要|您还未|您尚未|您还没有)(?:先)?.{{0,4}}登[录陆入](?:后|以后|之后|才能|，|,|。|!|！|$|账号|帐号|再)",
        r"(?:本文为?|以下为?|该内容为?)?付费(?:内容|文章|阅读)|订阅后(?:即可|可|才能)?(?:继续)?(?:阅读|查看)",
        r"登[录陆入]后(?:才能|可以?|即可|方可)?.{0,4}(?:查看|阅读|浏览|访问)|(?:您|你)(?:还|尚)?(?:没有|未)登[录陆入]",
        r"(?:please )?(?:log|sign) ?in to (?:continue|view|read|access)",
    ),
}

TITLES = tuple((kind, re.compile("|".join(forms), re.I)) for kind, forms in _TITLES.items())
"""What each kind of page has for a title."""
LINES = tuple((kind, re.compile("|".join(forms), re.I)) for kind, forms in _LINES.items())
"""What each kind of page says to its visitor, from the beginning of a line on."""
