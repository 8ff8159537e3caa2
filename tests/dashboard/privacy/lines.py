"""Lines with somebody's number, address or name in them, and lines that only look so; made from a seed."""

import random
from collections.abc import Callable
from dataclasses import dataclass

WIDE = str.maketrans("0123456789Xx", "０１２３４５６７８９Ｘｘ")
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
HAN_SAID = str.maketrans("0123456789", "洞幺二三四五六拐八九")
CAPITAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
BOLD = str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞鑫波斌"
CARRIERS = ("{}", "请打{}联系", "请打 {} 联系", "我的号码是{}，谢谢", "call me at {} please", "「{}」",
            "登记:{};备注无", "{}/急",
            "改成{}可以吗？", "旧的不用了\n{}\n尽快", "（{}）",
            "原来{},现在不变", "Please update it to {}. Thanks", "是{}哦")  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line, and what nobody may read in it once it is masked; `secret` is empty where nothing may change."""

    kind: str
    text: str
    secret: str = ""


def digits(chance: random.Random, n: int) -> str:
    return "".join(str(chance.randrange(10)) for _ in range(n))


def mobile(chance: random.Random) -> str:
    return f"1{chance.choice('3456789')}{digits(chance, 9)}"


def identity(chance: random.Random) -> str:
    province = chance.choice(("110105", "310115", "440524", "510104", "650102", "320583", "420111"))
    born = f"{chance.randint(1930, 2015)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    number = province + born + digits(chance, 3)
    total = sum(int(one) * weight for one, weight in zip(number, WEIGHTS, strict=True))
    return number + "10X98765432"[total % 11]


def card(chance: random.Random, first: str = "62", length: int = 19) -> str:
    stem = first + digits(chance, length - len(first) - 1)
    total = 0
    for place, one in enumerate(reversed(stem)):
        doubled = int(one) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return stem + str(-total % 10)


def parted(number: str, lengths: tuple[int, ...], sign: str) -> str:
    at, parts = 0, []
    for length in lengths:
        parts.append(number[at : at + length])
        at += length
    return sign.join([*parts, number[at:]] if at < len(number) else parts)


def _mobile_line(chance: random.Random) -> Line:
    number = mobile(chance)
    forms: tuple[Callable[[], str], ...] = (
        lambda: number,
        lambda: number.translate(WIDE),
        lambda: parted(number, (3, 4, 4), chance.choice(" -.\u00a0")),
        lambda: parted(number, (3, 8), chance.choice(" -")),
        lambda: parted(number, (4, 3, 4), "-") if chance.random() < 0 else parted(number, (3, 4, 4), " - "),
        lambda: f"+86{chance.choice(('', ' ', '-'))}{number}",
        lambda: f"86{number}",
        lambda: f"0086 {number}",
        lambda: f"+86-{parted(number, (3, 4, 4), '-')}",
        lambda: f"({number[:3]}){number[3:]}",
        lambda: f"(+86) {parted(number, (3, 4, 4), ' ')}",
        lambda: " ".join(number),
        lambda: number.translate(HAN),
        lambda: number.translate(HAN_SAID),
        lambda: number.translate(CAPITAL),
        lambda: number[:3] + number[3:].translate(HAN),
        lambda: number.translate(CIRCLED),
        lambda: number.translate(BOLD),
        lambda: "\u200b".join(number),
        lambda: f"＋８６ {number.translate(WIDE)}",
        lambda: f"手机{number}转1",
        lambda: f"tel:{number};ext=1",
        lambda: f"{number},{mobile(chance)}",
        lambda: f"{mobile(chance)} {number}",
    )
    return Line("mobile", chance.choice(CARRIERS).format(chance.choice(forms)()), number)


def _identity_line(chance: random.Random) -> Line:
    number = identity(chance)
    forms = (number, number.lower(), number.translate(WIDE), parted(number, (6, 8, 4), chance.choice(" -")),
             parted(number, (6, 4, 4, 4), " "), f"身份证号{number}", f"ID:{number}", number.translate(HAN),
             f"身份证:{number.translate(WIDE)}")  # fmt: skip
    return Line("identity", chance.choice(CARRIERS).format(chance.choice(forms)), number)


def _card_line(chance: random.Random) -> Line:
    number = card(chance, length=chance.choice((16, 17, 18, 19)))
    foreign = card(chance, chance.choice(("4", "51", "55")), 16)
    forms = ((number, number), (parted(number, (4, 4, 4, 4), chance.choice(" -")), number),
             (number.translate(WIDE), number), (f"卡号{number}", number), (f"卡号 {foreign}", foreign),
             (f"信用卡：{parted(foreign, (4, 4, 4, 4), ' ')}", foreign), (f"my card {foreign}", foreign),
             (f"{number},{card(chance)}", number), (parted(number, (6,), " "), number))  # fmt: skip
    text, secret = chance.choice(forms)
    return Line("card", chance.choice(CARRIERS).format(text), secret)


def _mail_line(chance: random.Random) -> Line:
    own = "".join(chance.choice("abcdefghijkmnpqrstuvwxyz") for _ in range(chance.randint(4, 9)))
    own += chance.choice(("", "88", ".wang", "_li", "+vip", "-cs", digits(chance, 4)))
    domain = chance.choice(("example.com", "mail.example.com.cn", "example.org", "例子.公司"))
    text = chance.choice(
        (f"{own}@{domain}", f"{own}＠{domain}", f"{own.upper()}@{domain}", f"{own} at example dot com",
         f"{own}(at){domain}", f"{own}[at]example[dot]com", f"邮箱{own}@{domain}", f"{own} @ {domain}")
    )  # fmt: skip
    return Line("mail", chance.choice(CARRIERS).format(text), own)


def _landline_line(chance: random.Random) -> Line:
    area, local = chance.choice(("010", "021", "0755", "0571", "028")), chance.choice("2345678") + digits(chance, 7)
    text = chance.choice(
        (f"{area}-{local}", f"{area} {parted(local, (4, 4), ' ')}", f"({area}){local}", f"{area}{local}",
         f"+86-{area[1:]}-{local}", f"{area}-{local}".translate(WIDE), f"座机{local}", f"电话：{area}-{local}-801")
    )  # fmt: skip
    return Line("landline", chance.choice(CARRIERS).format(text), local)


def _address_line(chance: random.Random) -> Line:
    district = chance.choice(
        ("北京市朝阳区", "上海市浦东新区", "广东省深圳市南山区", "杭州市西湖区", "浙江省义乌市", "朝阳区")
    )
    road = chance.choice(("建国", "人民", "解放", "文三", "科技园", "中山", "和平里")) + chance.choice(
        ("路", "街", "大道", "东路", "胡同")
    )
    house = f"{chance.randint(1, 999)}号"
    room = chance.choice((f"{chance.randint(1, 9)}单元{chance.randint(101, 2999)}",
         f"{chance.randint(1, 30)}栋{chance.randint(101, 999)}室",
                          f"{chance.randint(1, 30)}号楼{chance.randint(101, 999)}",
         f" {chance.randint(1, 9)}-{chance.randint(101, 999)}", ""))  # fmt: skip
    text = chance.choice(("寄到{}", "收货地址：{}", "我住在{}，麻烦改一下", "{}", "地址改为{}谢谢")).format(
        district + road + house + room
    )
    return Line("address", text, road + house)


def _name_line(chance: random.Random) -> Line:
    name = chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2))))
    text = chance.choice(
        ("收件人：{}，尽快", "我叫{}，买了一台", "姓名 {}", "联系人:{}", "户名{}。",
         "收货人是{} 退货", "本人叫{}，要退款")
    )  # fmt: skip
    latin = chance.choice(("Wei Zhang", "Anna Smith", "John O'Neil", "Mary-Jane Watson"))
    if chance.random() < 0.25:
        return Line("name", chance.choice(("My name is {}.", "Name: {}", "Recipient: {}, urgent")).format(latin), latin)
    return Line("name", text.format(name), name)


def _other_line(chance: random.Random) -> Line:
    passport = chance.choice("EG") + digits(chance, 8)
    plate = chance.choice("京沪粤浙川") + chance.choice("ABCDE") + chance.choice("ABCDEFGH") + digits(chance, 4)
    machine = f"192.168.{chance.randint(2, 254)}.{chance.randint(10, 254)}"
    abroad = (
        f"+{chance.choice(('1', '44', '852', '81'))} {chance.randint(200, 999)} {digits(chance, 3)} {digits(chance, 4)}"
    )
    value = chance.choice((passport, plate, machine, abroad))
    return Line("other", chance.choice(CARRIERS).format(value), value)


MAKERS = (
    (_mobile_line, 10), (_identity_line, 4), (_card_line, 4), (_mail_line, 4), (_landline_line, 2), (_address_line, 3),
    (_name_line, 2), (_other_line, 2),
)  # fmt: skip


def positives(n: int, *, seed: int) -> list[Line]:
    """Lines that each hold one secret."""
    chance = random.Random(seed)
    makers, weights = zip(*MAKERS, strict=True)
    return [chance.choices(makers, weights)[0](chance) for _ in range(n)]


def negatives(n: int, *, seed: int) -> list[Line]:
    """Lines in which nothing is anybody's: orders, parcels, sums, versions, instants, serial numbers, plain talk."""
    chance = random.Random(seed)
    return [Line("none", chance.choice(_HARMLESS)(chance)) for _ in range(n)]


def _day(chance: random.Random) -> str:
    return f"20{chance.randint(20, 29)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"


_HARMLESS: tuple[Callable[[random.Random], str], ...] = (
    lambda c: f"订单号 {_day(c).replace('-', '')}{digits(c, 10)}",
    lambda c: f"订单{digits(c, 16)}没收到",
    lambda c: f"订单号:{_day(c).replace('-', '')}{digits(c, 6)}，请查",
    lambda c: f"运单 SF{digits(c, 13)}",
    lambda c: f"运单号YT{digits(c, 13)}两天没动",
    lambda c: f"快递 {digits(c, 12)} 停在中转",
    lambda c: f"工单 T-{digits(c, 8)} 重复",
    lambda c: f"金额 {c.randint(100, 99999)}.{digits(c, 2)} 元",
    lambda c: f"共 {c.randint(1, 9)},{digits(c, 3)},{digits(c, 3)} 次",
    lambda c: f"版本 {c.randint(1, 20)}.{digits(c, 3)}.{digits(c, 3)}.{digits(c, 3)}",
    lambda c: f"version {c.randint(1, 9)}.{c.randint(0, 20)}.{c.randint(0, 20)} fails",
    lambda c: f"ISBN 978{digits(c, 10)}",
    lambda c: f"IMEI 49{digits(c, 13)}",
    lambda c: f"时间戳 17{digits(c, 8)}",
    lambda c: f"时间戳 17{digits(c, 11)} 毫秒",
    lambda c: f"{_day(c)} {c.randint(0, 23):02d}:{digits(c, 1)}5 下的单",
    lambda c: f"比例 138/{digits(c, 8)}",
    lambda c: f"{digits(c, 22)}7",
    lambda c: f"序列号 SN{digits(c, 12)}",
    lambda c: f"会话ID 1{digits(c, 15)}",
    lambda c: f"验证码 {digits(c, 6)}，十分钟内有效",
    lambda c: f"尺寸 {c.randint(10, 99)}*{c.randint(10, 99)}*{c.randint(10, 99)} cm",
    lambda c: f"坐标 {c.randint(20, 40)}.{digits(c, 6)},{c.randint(100, 120)}.{digits(c, 6)}",
    lambda c: f"买了{c.choice('一二三四五')}{c.choice('十百千')}{c.choice('六七八九')}十个，少了{c.choice('一二三')}件",
    lambda c: f"会员积分 {digits(c, 7)} 分不对",
    lambda c: c.choice(("@SUM", "user@", "look at example.com", "meet at 5 dot", "@客服 在吗", "a@b")),
    lambda c: f"商品 {c.choice('ABCDEF')}{digits(c, 5)} 缺货",
    lambda c: f"{c.randint(1, 31)}号到货了吗，等了{c.randint(2, 9)}天",
    lambda c: f"第 {c.randint(1, 9)} 排 {c.randint(1, 9)} 座，{c.randint(1, 9)} 号厅",
    lambda c: f"我是老客户了，买过{c.randint(2, 99)}次",
    lambda c: f"路上堵车，{c.randint(1, 9)}号线也停了",
    lambda c: f"产品名称：便携音箱{c.randint(1, 9)}代，颜色名叫曜石黑",
    lambda c: f"GET /api/items?id={digits(c, 9)} returned 50{digits(c, 1)}",
    lambda c: f"#{digits(c, 6)} 色号和图片不一样",
    lambda c: f"uuid {digits(c, 4)}a{digits(c, 3)}-{digits(c, 4)}-4{digits(c, 3)}-b{digits(c, 10)}cdef{digits(c, 1)}",
    lambda c: f"{_day(c)}T{c.randint(10, 23)}:{c.randint(10, 59)}:{c.randint(10, 59)}+08:00 起报错",
    lambda c: f"余额 -{digits(c, 5)}.{digits(c, 2)}，退款单 R{digits(c, 11)}",
    lambda c: f"店铺编号 {digits(c, 10)}",
    lambda c: f"电量 {c.randint(1, 99)}% 电压 {c.randint(3, 5)}.{digits(c, 3)}V {c.randint(1000, 9000)}mAh",
    lambda c: f"比分 {c.randint(0, 9)}:{c.randint(0, 9)}:{c.randint(0, 9)}，{c.randint(0, 9)} 比 {c.randint(0, 9)}",
)
