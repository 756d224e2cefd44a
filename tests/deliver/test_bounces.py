"""What a mail in the mailbox is, and what it says: real shapes, forged ones, broken ones."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.deliver.bounces import MOST_REPORTS, mark_of, read_returned
from digest.deliver.verdicts import find_code, is_hard, judge_reason
from tests.deliver.returned_mails import ADDRESS, OURS, aliyun, delivery_status, netease, plain, qq

TOKEN = "abcdefghijklmnopqrstuvw2"

HARD = (
    "550 5.1.1 Address does not exist. 5eFYaU",
    "550 Mailbox not found. http://service.example.cn/help?spam=1",
    "550 User not found: 12345@163.com",
    "550 5.1.1 <b@spam.example.cn>: Recipient address rejected: User unknown in virtual mailbox table",
    "550 5.4.1 Recipient address rejected: Access denied",
    "550-5.1.1 The email account that you tried to reach does not exist",
    "550 RC:NE The email account does not exist.",
    "550 no such user: b@example.cn",
    "550 b@example.cn:user not exist",
    "501 5.1.3 Bad address syntax",
    "554 5.4.4 Host or domain name not found",
    "554 delivery error: dd This user doesn't have a yahoo.example account",
    "收件人邮件地址（x@y.cn）不存在，邮件无法送达。",
)
SOFT = (
    "552 5.2.2 mailbox full",
    "450 4.1.1 user unknown",
    "550 5.7.515 Access denied, sending domain QQ.COM doesn't meet the required authentication level",
    "550 5.1.8 sender address rejected: domain not found",
    "554 5.7.1 Unable to relay",
    "550 Mail content denied",
    "554 DT:SPM user unknown spam",
    "552 5.3.4 Message size exceeds fixed limit; no such user",
    "550 Connection frequency limited",
    "550 Requested action not taken: mailbox unavailable",
    "rcpt handle timeout, last handle info: Can not connect to example.org:25",
    "对方邮箱空间不足，邮件无法送达",
    "451 4.7.1 Greylisted",
    "",
    "?????",
    "550 From: no such user",
    "550 5.1.1 header From account not exist",
    "550 The sender user@example.cn does not exist",
    "550 sender_address: no such user",
    '550 "From" address: user not found',
    "550 5.1.1 User unknown (in reply to MAIL FROM command)",
    "550 5.1.1 return-path: no such user",
    "550 发件人地址不存在",
    "550 发送者的邮箱不存在",
    "550 寄件者帳號不存在",
)


@pytest.mark.parametrize("said", HARD)
def test_an_address_that_does_not_exist_is_hard(said: str) -> None:
    """However a server words it."""
    assert judge_reason(said) == "hard"


@pytest.mark.parametrize("said", SOFT)
def test_everything_else_is_soft(said: str) -> None:
    """What passes, what is about the mail or the sender, and what is not understood, never counts."""
    assert judge_reason(said) == "soft"


def test_only_a_refusal_for_good_is_hard() -> None:
    """The same words with a code that says later are not."""
    assert is_hard(550, "5.1.1 User unknown")
    assert not is_hard(450, "User unknown")
    assert not is_hard(0, "User unknown")
    assert find_code("smtp; 550 5.1.1 x") == "5.1.1"
    assert find_code("550 no such user") == "550"
    assert find_code("from 10.5.1.1 nothing") == ""


def test_a_delivery_status_notification() -> None:
    """The address, the code, the server's words and our Message-ID are found (RFC 3464)."""
    found = read_returned(delivery_status())
    (report,) = found.reports
    assert found.kind == "bounce"
    assert (report.address, report.kind, report.code) == (ADDRESS, "hard", "5.1.1")
    assert "User unknown" in report.told
    assert found.held == (OURS,)


def test_the_envelope_id_names_our_mail() -> None:
    """ENVID comes back as Original-Envelope-Id, where the returned headers are missing."""
    found = read_returned(delivery_status(message_id="", envelope_id=OURS.strip("<>")))
    assert found.held == (OURS,)


def test_the_address_we_mailed_goes_before_the_one_it_was_forwarded_to() -> None:
    """Original-Recipient is ours, Final-Recipient may be anybody's."""
    found = read_returned(delivery_status(address="elsewhere@example.org", original=ADDRESS))
    assert found.reports[0].address == ADDRESS


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "kind"),
    [
        ("failed", "5.0.0", "smtp; 550 5.1.1 User unknown", "hard"),
        ("failed", "5.1.1", "smtp; 550 mailbox unavailable", "hard"),
        ("failed", "5.1.1", "", "hard"),
        ("failed", "5.2.2", "smtp; 552 5.2.2 quota", "soft"),
        ("failed", "4.4.7", "smtp; 450 4.1.1 User unknown", "soft"),
        ("failed", "5.7.1", "smtp; 550 5.7.1 rejected", "soft"),
        ("delayed", "5.1.1", "smtp; 550 5.1.1 User unknown", "soft"),
    ],
)
def test_the_codes_of_a_notification(action: str, status: str, diagnostic: str, kind: str) -> None:
    """The server's own code goes before the summary of it; a delay is never hard."""
    found = read_returned(delivery_status(action=action, status=status, diagnostic=diagnostic))
    assert [report.kind for report in found.reports] == [kind]


def test_a_notice_of_success_says_nothing() -> None:
    """Delivered, relayed, expanded: nothing came back."""
    found = read_returned(delivery_status(action="delivered", status="2.0.0"))
    assert (found.kind, found.reports) == ("automatic", ())


def test_qq() -> None:
    """The table that QQ 邮箱 and Exmail send: the other server's words count, not the advice below."""
    (report,) = read_returned(qq()).reports
    assert (report.address, report.kind, report.code) == (ADDRESS, "hard", "5.1.1")
    assert "解决方案" not in report.told
    (full,) = read_returned(qq(reason="收件人邮箱空间不足。", said="552 5.2.2 mailbox full")).reports
    assert full.kind == "soft"


def test_our_mail_as_a_file_is_found() -> None:
    """QQ attaches the mail it gives back, as a file."""
    assert read_returned(qq(message_id=OURS)).held == (OURS,)


@pytest.mark.parametrize("raw", [False, True])
def test_netease(raw: bool) -> None:
    """The English words count; a header in bytes of GBK is read as well."""
    found = read_returned(netease(raw=raw))
    (report,) = found.reports
    assert found.subject == "系统退信"
    assert (report.address, report.kind) == ("c@163.com", "hard")
    (report,) = read_returned(netease(english="Can not connect to example.cn:25", raw=raw)).reports
    assert report.kind == "soft"


def test_aliyun() -> None:
    """Its own reason says that the address does not exist whatever happened; the answer below is believed."""
    (report,) = read_returned(aliyun()).reports
    assert (report.address, report.kind) == (ADDRESS, "hard")
    (report,) = read_returned(aliyun(reply='550 The "From" header is missing or invalid')).reports
    assert report.kind == "soft"


def test_exim_names_the_address_in_a_header() -> None:
    """X-Failed-Recipients needs no reading of the text."""
    data = plain(
        "Mail delivery failed",
        "b@example.cn\n host mx said: 550 no such user",
        "Mailer-Daemon@mx.example.cn",
        X_Failed_Recipients=ADDRESS,
    )
    (report,) = read_returned(data).reports
    assert (report.address, report.kind) == (ADDRESS, "hard")


def test_a_bounce_nobody_can_read() -> None:
    """It is one that came back, and says nothing of anybody."""
    found = read_returned(plain("退信", "您的信没有送到。", "postmaster@corp.example.cn"))
    assert (found.kind, found.reports) == ("bounce", ())


@pytest.mark.parametrize(
    "data",
    [
        plain("自动回复: 每日摘要", "我在休假。"),
        plain("Automatic reply: 每日摘要", "退订"),
        plain("Re: x", "退订", Auto_Submitted="auto-replied"),
        plain("Out of Office", "back on Monday"),
    ],
)
def test_answering_machines_are_told_apart(data: bytes) -> None:
    """Whatever they say, nobody wrote it."""
    found = read_returned(data)
    assert (found.kind, found.leaves) == ("automatic", False)


def test_a_request_in_the_subject() -> None:
    """As the mailto: of List-Unsubscribe writes it; a mail program that sends it may call itself automatic."""
    found = read_returned(plain(f"unsubscribe daily {TOKEN}", " ", Auto_Submitted="auto-generated"))
    assert (found.kind, found.request, found.exact, found.bare) == ("automatic", ("daily", TOKEN), True, True)


@pytest.mark.parametrize("line", [f"退订 daily {TOKEN}", f"退訂：daily：{TOKEN}", f"您好\n\n退订 daily {TOKEN}\n谢谢"])
def test_a_request_in_the_first_lines(line: str) -> None:
    """Alone on its line, by hand."""
    assert read_returned(plain("hello", line)).request == ("daily", TOKEN)


def test_a_request_in_the_address() -> None:
    """me+unsubscribe.daily.token@… is one too."""
    data = plain("x", "y").replace(b"To: me@qq.com", f"To: me+unsubscribe.daily.{TOKEN}@qq.com".encode())
    assert read_returned(data).request == ("daily", TOKEN)


QUOTED = (
    f"很好，谢谢！\n\n> 退订 daily {TOKEN}\n",
    f"很好\n\n------------------ 原始邮件 ------------------\n退订 daily {TOKEN}\n",
    f"很好\n发件人: 每日摘要 <me@qq.com>\n退订 daily {TOKEN}\n",
    f"好\nAt 2026-11-20 08:00:00, 每日摘要 <me@qq.com> wrote:\n退订 daily {TOKEN}\n",
    f"好\n2026年11月20日 08:00，每日摘要 写道：\n退订 daily {TOKEN}\n",
    f"好\n这一期还有一行\n又一行\n第四行\n退订 daily {TOKEN}\n",
    f"要退订的话写一封邮件，主题是 退订 daily {TOKEN} 就可以了\n",
)


@pytest.mark.parametrize("text", QUOTED)
def test_our_own_words_quoted_are_no_request(text: str) -> None:
    """Who answers a mail sends back the line that says how to leave."""
    found = read_returned(plain("Re: 每日摘要", text, In_Reply_To=OURS))
    assert (found.request, found.leaves, found.answers) == (None, False, (OURS,))


def test_a_blockquote_is_a_quotation() -> None:
    """In HTML too."""
    html = f"<div>收到</div><blockquote><p>退订 daily {TOKEN}</p></blockquote>"
    assert read_returned(plain("Re: x", "收到", html=html)).request is None


def test_a_bounce_never_asks_to_leave() -> None:
    """It holds our mail, with the token in it."""
    found = read_returned(plain(f"unsubscribe daily {TOKEN}", f"退订 daily {TOKEN}", "MAILER-DAEMON@mx.example.cn"))
    assert (found.kind, found.request, found.leaves) == ("bounce", None, False)


@pytest.mark.parametrize("words", ["退订", "退訂", "请退订，谢谢", "UNSUBSCRIBE", "Re: unsubscribe", "取消订阅。"])
def test_wishes_in_words(words: str) -> None:
    """As the subject, or as the first line."""
    assert read_returned(plain(words, "")).leaves
    assert read_returned(plain("Re: 每日摘要", f"{words}\n\n> 早上好")).leaves


@pytest.mark.parametrize(
    "words", ["退订有什么后果？", "不要退订", "关于退订电信服务的通知", "这条退订的新闻很好", "退订？", "unsubscribe?"]
)
def test_talk_about_leaving_is_no_wish(words: str) -> None:
    """Only the word by itself."""
    assert not read_returned(plain(words, words)).leaves


def test_the_mark_is_of_the_message() -> None:
    """The same whenever and wherever it is read, and another for another message."""
    data = delivery_status()
    assert read_returned(data).mark == read_returned(b"Received: from a by b\n" + data).mark
    assert read_returned(data).mark == read_returned(data.replace(b"\n", b"\r\n")).mark
    assert read_returned(data).mark != read_returned(delivery_status(status="5.1.2")).mark
    assert read_returned(data).mark == mark_of(data)


def test_notifications_without_a_name_are_told_apart() -> None:
    """Same date, sender, subject and text, another recipient or another mail of ours: another message."""
    text = b"I could not deliver it to <"
    bare = [
        data.replace(b"Message-ID: <b1.5.1.1.failed@mx.example.cn>\n", b"").replace(text + address.encode(), text)
        for address, data in (
            ("a@example.cn", delivery_status(address="a@example.cn")),
            ("b@example.cn", delivery_status(address="b@example.cn")),
            ("b@example.cn", delivery_status(address="b@example.cn", message_id="<other@example.cn>")),
        )
    ]
    assert len({read_returned(data).mark for data in bare}) == 3


BROKEN = (
    b"",
    b"\xff\xfe\x00",
    b"From: a@b\r\n",
    b"Subject: =?utf-8?b?!!!?= =?x-no-such?q?=41?=\n\nx",
    b"Content-Type: multipart/report; boundary=\n\nx",
    b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=no-such\n\n\xff\n",
    b"Content-Type: message/delivery-status\n\nFinal-Recipient: ;;;;\nAction: failed\n",
    b'From: "a;rm -rf ~"@x.cn\nSubject: \xe9\x80\x80\xe8\xae\xa2\n\n',
    b"Content-Type: text/html\n\n<style><style><blockquote>" + b"<div>" * 5000,
)


@settings(max_examples=60)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
@example(BROKEN[0])
@example(BROKEN[1])
@example(BROKEN[2])
@example(BROKEN[3])
@example(BROKEN[4])
@example(BROKEN[5])
@example(BROKEN[6])
@example(BROKEN[7])
@example(BROKEN[8])
def test_nothing_breaks_it(data: bytes) -> None:
    """Whatever comes is read as something, and asks for nothing without a token."""
    found = read_returned(data)
    assert len(found.mark) == 24
    assert found.request is None
    assert ";" not in found.sender


def test_a_mail_cut_short_is_read() -> None:
    """Of a long one only the beginning comes."""
    data = delivery_status() + b"x" * 100
    for length in range(0, len(data), 97):
        assert read_returned(data[:length]).kind in ("bounce", "letter", "automatic")


HEAD = b"From: postmaster@x.cn\n"


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"Content-Type: text/html\n\n" + b"<a b='" * 150_000,
        HEAD + b"Content-Type: text/html\n\n" + b"<!--" * 200_000,
        b"Subject: " + b"=?utf-8?q?a?= " * 60_000 + b"\n\nx",
        b"Content-Type: message/delivery-status\n\n" + b"Final-Recipient: rfc822;a@b.cn\nAction: failed\n\n" * 18_000,
        "Subject: x\n\n退订".encode() + "，".encode() * 19_000 + b"x",
        "Subject: x\n\n退订".encode() + b" !" * 29_000 + b"x",
        b"Subject: unsubscribe " + b"Re: " * 2_000 + b"\n\n" + b"-" * 59_000 + b"x",
    ],
)
def test_what_is_built_to_take_long_does_not(data: bytes) -> None:
    """A megabyte of broken tags, encoded words or recipients costs seconds, not minutes."""
    began = time.process_time()
    assert len(read_returned(data).reports) <= MOST_REPORTS
    assert time.process_time() - began < 10


SUBJECT = f"unsubscribe daily {TOKEN}"


@pytest.mark.parametrize(
    ("subject", "text", "exact", "bare"),
    [
        (SUBJECT, "", True, True),
        (f"Re: {SUBJECT}", "谢谢！", True, True),
        (SUBJECT, "发自我的手机", True, True),
        (SUBJECT, "This message was automatically generated by the mail program.", True, True),
        (SUBJECT, "--\n王芳\n信息处处长，电话另告", True, True),
        (SUBJECT, "看看这个，你也可以订一份", True, False),
        (f"Fwd: {SUBJECT}", "", False, True),
        (f"转发：{SUBJECT}", "看看这个，你也可以订一份", False, False),
        ("你好", SUBJECT, True, False),
    ],
)
def test_a_request_by_itself_is_told_from_one_in_passing(subject: str, text: str, exact: bool, bare: bool) -> None:
    """A forwarded token is not its owner's word; a signature says nothing."""
    found = read_returned(plain(subject, text))
    assert (found.request, found.exact, found.bare) == (("daily", TOKEN), exact, bare)


@pytest.mark.parametrize(
    "data",
    [
        plain(SUBJECT, "", Auto_Submitted="auto-replied"),
        plain(f"Re: {SUBJECT}", "我在休假", X_Autoreply="yes"),
        plain(f"自动回复: {SUBJECT}", "我在休假"),
        plain(f"自动回复: {SUBJECT}", "我在休假", Auto_Submitted="auto-generated"),
    ],
)
def test_an_answering_machine_quotes_and_asks_nothing(data: bytes) -> None:
    """The token in its subject was somebody else's word."""
    found = read_returned(data)
    assert (found.kind, found.exact) == ("automatic", False)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("退订", "我的订阅不要动，只是问一下。"),
        ("退订", "您好\n不要"),
        ("退订？", ""),
        ("unsubscribe daily", ""),
        ("退订 daily", ""),
        (f"unsubscribe daily {TOKEN[:6]}…", ""),
        (f"Re: unsubscribe daily {TOKEN[:-1]}", ""),
        ("TD", ""),
        ("T", ""),
        ("Re: 每日摘要", "TD"),
        ("Re: 每日摘要", "回T"),
    ],
)
def test_what_may_be_a_wish_is_unclear(subject: str, text: str) -> None:
    """Half a token, none at all, the code of a text message, words that contradict: a person must look."""
    found = read_returned(plain(subject, text))
    assert (found.leaves, found.unclear, found.request) == (False, True, None)


@pytest.mark.parametrize("text", ["", "谢谢", "王芳", "您好！\n谢谢。", "退订", "请帮我退订，谢谢", "发自我的手机"])
def test_a_wish_with_a_signature_is_clear(text: str) -> None:
    """What says nothing against it does not make it doubtful."""
    found = read_returned(plain("退订", text))
    assert (found.leaves, found.unclear) == (True, False)


@pytest.mark.parametrize("subject", ["午饭", "TD-LTE 基站建设通知", "关于退订电信服务的通知", "Team lunch", "T 恤到货"])
def test_an_ordinary_letter_is_not_unclear(subject: str) -> None:
    """The mailbox may be somebody's own."""
    assert not read_returned(plain(subject, "十二点在食堂见？")).unclear
