"""Time and memory of composing one issue of thirty items as the articles grow, and what each stage takes of it.

    python -m tests.bench.composing [--largest 5000] [--data FILE.jsonl]

The articles are made up: 900 to 1,200 characters each, six in ten of them the only report of their event, the others
reports of events that two to six sources tell in their own words.  `--data` takes titles, texts, sources, addresses and
dates from a file of articles instead; beyond its end they come again, every second clause in other characters, so that
they are no copies.  Each size has a process of its own, whose peak is told; seconds are those of `compose_issue` alone,
the words' dictionaries loaded before.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from digest.compose import issue
from digest.model import Article, Edition

SIZES = (500, 1_000, 2_000, 5_000, 20_000)
SLOT = datetime(2026, 11, 22, 8, tzinfo=UTC)
EDITION = Edition(name="bench", title="每日摘要", items=30)
STAGES = (
    "why_not_taken",
    "group_events",
    "match_events",
    "rank_events",
    "choose",
    "make_item",
    "find_appointments",
    "find_highlights",
    "day_keywords",
    "count_words",
    "find_trends",
    "find_places",
    "find_names",
)
ALONE = 0.6


def _words(text: str) -> list[str]:
    return text.split()


NOUNS = _words(
    "项目 水库 铁路 医院 学校 港口 桥梁 隧道 电站 矿山 森林 湿地 渔场 牧场 "
    "果园 茶园 稻田 棉花 大豆 钢材 芯片 电池 风机 卫星 火箭 飞船 轮船 货车 "
    "客机 列车 地铁 车站 机场 码头 仓库 市场 商场 餐馆 旅馆 景区 博物馆 图书馆 "
    "剧院 影片 乐团 画展 球队 赛事 冠军 教练 裁判 选手 法院 检察 律师 合同 "
    "专利 商标 股票 债券 基金 保险 银行 贷款 税收 预算 养老 医保 疫苗 药品 "
    "手术 病房 护士 教师 课程 考试 招生 就业 工资 住房 物业 电梯 燃气 供暖 "
    "供水 垃圾 污水 空气 噪声 台风 暴雨 洪水 干旱 地震 滑坡 火情 救援 消防 "
    "志愿者 社区 乡村 合作社 种子 化肥 农机 无人机 机器人 算法 数据 网络 软件 "
    "平台 直播 快递 电商 外贸 关税 展会 峰会 论坛 协议 条例 标准 规划 方案 "
    "调查 报告 样本 实验"
)
VERBS = _words(
    "启动 建成 扩建 修复 检修 验收 开放 关闭 延期 提前 招标 采购 出售 收购 "
    "合并 起诉 判决 调解 处罚 整改 排查 监测 预警 转移 安置 补贴 减免 上调 "
    "下调 公布 征集 修订 废止 试点 推广 培训 招募 表彰 追回 查获 研制 测试 "
    "发射 回收 首演 夺得 卫冕 签约 续约 退役 改造 迁入 捐赠"
)
OPENINGS = _words(
    "据介绍 此前 目前 与此同时 按照安排 从现场看 在随后的说明中 根据初步统计 "
    "多位居民说 负责人表示 到傍晚为止 接下来 值得一提的是 另一方面 相比去年同期 "
    "记录显示 一份文件写道 工作人员解释 从长远看 清晨"
)
CHARACTERS = (
    "天地山水火土木石云雨风雪花草树鸟鱼马牛羊红黄蓝绿白黑金银铜铁春夏秋冬东西南北上下左右前后里外大小多少"
    "长短高低远近新旧早晚快慢轻重冷热明暗强弱深浅宽窄厚薄软硬圆方平直曲光声电力气热影路桥门窗床桌书笔纸字"
    "画歌舞琴棋茶酒米面油盐糖肉菜果瓜豆衣帽鞋袜针线布丝车船机港站城乡村镇街区院楼房屋墙瓦砖沙泥河湖海江岛"
    "岸田园林场池井泉沟渠坡谷峰岩洞家国民兵工农商学医师徒友亲邻客主王公伯叔姑姨兄弟姐妹儿孙心手足头眼耳口"
    "鼻牙舌身骨血脉神思梦情爱喜怒哀乐言语文章诗词笑哭走跑跳飞游行坐立卧看听说读写算量测造建修补拆装运送收"
    "发买卖租借还存取开关进出来去起落升降分合连断"
)
ENDINGS = ("市", "县", "镇", "区", "公司", "大学", "研究院", "集团", "协会", "医院")
SURNAMES = "赵钱孙李周吴郑冯陈褚卫蒋沈韩杨朱秦许何吕施张"
SIGNS = re.compile(r"([，。；：！？\n])")


class Happening:
    """An event that did not happen, and as many reports of it as are asked for."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.place = "".join(random.choices(CHARACTERS, k=2)) + random.choice(ENDINGS)
        self.person = random.choice(SURNAMES) + "".join(random.choices(CHARACTERS, k=2))
        self.nouns = random.sample(NOUNS, 4) + ["".join(random.sample(CHARACTERS, 2)) for _ in range(24)]
        random.shuffle(self.nouns)
        self.verbs = random.sample(VERBS, 2) + ["".join(random.sample(CHARACTERS, 2)) for _ in range(8)]
        random.shuffle(self.verbs)
        self.figures = [f"{random.randint(11, 9999)}{unit}" for unit in ("万元", "人", "公里", "家", "%")]
        self.moment = SLOT - timedelta(minutes=random.randint(1, 1440))

    def report(self, source: str, number: int) -> Article:
        """Return one source's report: the facts of the event in sentences of its own."""
        say, nouns, verbs = self.random, self.nouns, self.verbs
        verb, noun = verbs[0], nouns[0]
        headlines = (
            f"{self.place}{verb}{noun}{nouns[1]}",
            f"{self.place}{nouns[1]}{noun}{verb}，涉及{self.figures[0]}",
            f"{noun}{verb}：{self.place}{self.person}谈{nouns[1]}",
        )
        facts = "，".join(f"{say.choice(nouns)}{say.choice(verbs)}{say.choice(nouns)}" for _ in range(15))
        lead = f"{self.place}{self.moment.day}日{verb}{noun}{nouns[1]}{self.figures[0]}，{self.person}{facts}。"
        sentences, size = [lead], say.randint(900, 1200)
        while sum(map(len, sentences)) < size:
            sentences.append(self._sentence() + ("\n" if say.random() < 0.2 else ""))
        return Article(
            title=say.choice(headlines),
            text="".join(sentences)[:size],
            source=source,
            url=f"https://{source}.example/{number}",
            published=self.moment + timedelta(minutes=say.randint(0, 300)),
        )

    def _sentence(self) -> str:
        say = self.random
        noun, other, third = say.sample(self.nouns, 3)
        verb, next_verb = say.sample(self.verbs, 2)
        return say.choice(
            (
                f"{say.choice(OPENINGS)}，{noun}的{other}已经{verb}，{third}还要{next_verb}。",
                f"{self.person}说，{noun}和{other}共有{say.choice(self.figures)}，其中{third}最多。",
                f"{say.choice(OPENINGS)}，{self.place}将{verb}{noun}，并{next_verb}{other}与{third}。",
                f"为了{verb}{noun}，各方{next_verb}了{other}，{third}的数量达到{say.choice(self.figures)}。",
                f"{noun}能否{verb}，要看{other}，也要看{third}怎样{next_verb}。",
            )
        )


def made_articles(n: int) -> Iterator[Article]:
    """Yield `n` articles about events of our own making."""
    random, number = Random(22), 0
    while number < n:
        happening = Happening(random)
        # of articles, not of events, ALONE are the only ones: a shared event has four reports on the mean
        shared = random.random() < (1 - ALONE) / (1 + 3 * ALONE)
        for _ in range(random.randint(2, 6) if shared else 1):
            number += 1
            yield happening.report(f"source{random.randrange(40)}", number)


def read_articles(path: Path) -> Iterator[Article]:
    """Yield the articles of a file for ever, after the first round with other words."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    random = Random(22)
    letters = re.findall(r"[\u4e00-\u9fff]", "".join(row["text"] for row in rows[:300]))
    turn = 0
    while True:
        for row in rows:
            title, text = (_altered(row[k], letters, random) if turn else row[k] for k in ("title", "text"))
            told = datetime.fromisoformat(row["date"].replace("Z", "+00:00")) if row.get("date") else None
            url = f"{row.get('url', '')}?{turn}"
            yield Article(title=title, text=text, source=row.get("source", ""), url=url, published=told)
        turn += 1


def _altered(text: str, letters: list[str], random: Random) -> str:
    def other(clause: str) -> str:
        return "".join(random.choice(letters) if "\u4e00" <= c <= "\u9fff" else c for c in clause)

    return "".join(other(clause) if random.random() < 0.5 else clause for clause in SIGNS.split(text))


def run_once(n: int, data: Path | None) -> dict[str, Any]:
    """Compose an issue of `n` articles; return what it took."""
    warm = list(made_articles(5))
    issue.compose_issue(warm, EDITION, SLOT)
    articles = list(islice(read_articles(data) if data else made_articles(n), n))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slot = max((a.published for a in articles if isinstance(a.published, datetime)), default=SLOT).astimezone(UTC)
    spent: dict[str, float] = defaultdict(float)
    with ExitStack() as stack:
        for name in STAGES:
            stack.enter_context(patch.object(issue, name, _timed(name, getattr(issue, name), spent)))
        wall, cpu = time.perf_counter(), time.process_time()
        composed = issue.compose_issue(articles, EDITION, slot)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "articles": len(articles),
        "items": len(composed.issue.items),
        "events": len({p.event or key for key, p in composed.placements.items()}),
        "wall": wall,
        "cpu": cpu,
        "before": before // 1024,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "stages": {**dict(sorted(spent.items(), key=lambda own: -own[1])[:6]), "rest": cpu - sum(spent.values())},
    }


def _timed(name: str, call: Callable[..., object], spent: dict[str, float]) -> Callable[..., object]:
    def timed(*args: object, **named: object) -> object:
        start = time.process_time()
        try:
            return call(*args, **named)
        finally:
            spent[name] += time.process_time() - start

    return timed


def main() -> None:
    """Print a row a size, the shares of the stages, and the exponent of growth from the last size to this."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=5_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--once", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.once:
        print(json.dumps(run_once(args.once, args.data)))
        return
    last: dict[str, Any] = {}
    for n in (size for size in SIZES if size <= args.largest):
        again = [sys.executable, "-m", "tests.bench.composing", "--once", str(n)]
        again += ["--data", str(args.data)] if args.data else []
        done = json.loads(subprocess.run(again, stdout=subprocess.PIPE, check=True).stdout)
        print(_told(done, last), flush=True)
        last = done


def _told(done: dict[str, Any], last: dict[str, Any]) -> str:
    row = f"{done['articles']:>6,} articles, {done['events']:,} events, {done['items']} items: "
    row += f"{done['wall']:.1f} s, {done['cpu']:.1f} s of processor, peak {done['peak']} MB ({done['before']} before)"
    if last:
        growth = math.log(done["cpu"] / last["cpu"]) / math.log(done["articles"] / last["articles"])
        row += f", exponent {growth:.2f}"
    shares = (f"{name} {100 * spent / done['cpu']:.0f}%" for name, spent in done["stages"].items())
    return f"{row}\n       {', '.join(shares)}"


if __name__ == "__main__":
    main()
