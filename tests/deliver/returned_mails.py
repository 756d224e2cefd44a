"""Mails that come back, written in the shape of the real ones: of Postfix, QQ, NetEase, Aliyun, and of people."""

from __future__ import annotations

from email.message import EmailMessage

OURS = "<20261120.0123456789abcdef01234567@example.cn>"
ADDRESS = "b@example.cn"
OWN = "me@qq.com"


def plain(
    subject: str, text: str, sender: str = ADDRESS, *, html: str = "", charset: str = "utf-8", **headers: str
) -> bytes:
    """A letter: with `html` an alternative of both; `In_Reply_To` is the header In-Reply-To."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = OWN
    message["Subject"] = subject
    message["Message-ID"] = f"<{abs(hash((subject, text, sender)))}@mail.example.cn>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text, charset=charset)
    if html:
        message.add_alternative(html, subtype="html", charset=charset)
    return message.as_bytes()


def delivery_status(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <b@example.cn>: Recipient address rejected: User unknown",
    address: str = ADDRESS,
    message_id: str = OURS,
    envelope_id: str = "",
    original: str = "",
) -> bytes:
    """What Postfix sends back (RFC 3464), with the headers of our mail."""
    named = f"Original-Envelope-Id: {envelope_id}\n" if envelope_id else ""
    first = f"Original-Recipient: rfc822;{original}\n" if original else ""
    returned = (
        f"--b\nContent-Type: text/rfc822-headers\n\nSubject: x\nMessage-ID: {message_id}\n\n" if message_id else ""
    )
    text = (
        f"From: MAILER-DAEMON@mx.example.cn (Mail Delivery System)\nTo: {OWN}\nAuto-Submitted: auto-replied\n"
        f"Subject: Undelivered Mail Returned to Sender\nMessage-ID: <b1.{status}.{action}@mx.example.cn>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\nI could not deliver it to <{address}>.\n\n"
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.cn\n{named}\n"
        f"Final-Recipient: rfc822; {address}\n{first}Action: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: {diagnostic}\n\n{returned}--b--\n"
    )
    return text.encode()


def qq(address: str = ADDRESS, reason: str = "", said: str = "", message_id: str = "") -> bytes:
    """What QQ 邮箱 and Exmail send back: a table in HTML, sometimes with our mail as a file."""
    why = reason or f"收件人邮件地址（{address}）不存在，邮件无法送达。"
    reply = said or "550 5.1.1 User unknown (in reply to RCPT TO command)"
    html = (
        "<html><head><style>td { color: #000 }</style></head><body><p>很抱歉，下面这封邮件没有送到：</p><table>"
        "<tr><td>被退回邮件</td><td>主 题：每日摘要 11月20日<br>时 间：2026-11-20 08:00:01</td></tr>"
        f'<tr><td>无法发送到</td><td><a href="mailto:{address}">{address}</a></td></tr>'
        f"<tr><td>退信原因</td><td>{why}<br>host mx.example.cn[192.0.2.7] said: {reply}</td></tr>"
        "<tr><td>解决方案</td><td>请与收件人核对地址，或换一个邮箱再试。</td></tr></table></body></html>"
    )
    message = EmailMessage()
    message["From"] = "PostMaster <PostMaster@qq.com>"
    message["To"] = OWN
    message["Subject"] = "来自qq.com的退信"
    message.set_content(html, subtype="html", charset="gb18030")
    if message_id:
        message.add_attachment(
            f"From: {OWN}\r\nMessage-ID: {message_id}\r\n\r\n早".encode(),
            maintype="application",
            subtype="octet-stream",
        )
    return message.as_bytes()


def netease(address: str = "c@163.com", english: str = "User not found: c@163.com", *, raw: bool = False) -> bytes:
    """What 163, 126 and other servers made by Coremail send back; `raw` with GBK bytes in the header, as of old."""
    text = (
        "抱歉，您的邮件没有送出去\n原邮件信息：\n时  间 2026-11-20 08:00:01\n主  题 每日摘要\n"
        f"收件人 {address}\n退信原因：\n收信的人好像搬走了。\n英文说明:{english}\n建议解决方案：\n请核对地址。\n"
    )
    if raw:
        head = f"From: Postmaster@163.com\nTo: {OWN}\nSubject: 系统退信\nContent-Type: text/plain; charset=gb2312\n\n"
        return (head + text).encode("gbk")
    return plain("系统退信", text, "Postmaster@163.com", charset="gb18030")


def aliyun(address: str = ADDRESS, reply: str = "550 User not found") -> bytes:
    """What 阿里邮箱 sends back: its own reason is vague, the other server's answer is not."""
    html = (
        f"<table><tr><th>收件人</th><td>{address}</td></tr><tr><th>退信原因</th><td>收件方地址不存在，或者暂时收不了信。"
        "</td></tr><tr><th>解决方案</th><td>1. 核对地址；2. 请对方检查邮箱。</td></tr><tr><th>远程响应</th><td>"
        f"the mta server of example.cn -- mx.example.cn(192.0.2.7) reply:{reply} at 2026-11-20 08:00</td></tr></table>"
    )
    return plain("退信通知", "见网页部分", "postmaster@aliyun.com", html=html)
