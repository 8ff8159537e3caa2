"""Words and courtesies that say nothing by themselves, in Chinese and English."""

SILENT_CHINESE = """
我们 你们 他们 她们 自己 大家 别人 这个 那个 这些 那些 这样 那样 这么 那么 这里 那里 这边 那边 哪个 哪里 什么 怎么
怎样 为什么 多少 一个 一下 一些 一直 一样 一种 两个 三个 每个 某个 几个 已经 现在 还有 还是 就是 不是 可以 可能 应该
需要 能够 觉得 知道 但是 因为 所以 如果 而且 或者 虽然 不过 然后 以及 对于 关于 为了 谢谢 您好 你好 麻烦 请问 时候
东西 事情 今天 昨天 明天 之前 之后 以后 以前 后来 刚才 刚刚 的话 只是 真的 有点 比较 非常 特别 希望 其实 当时 目前
是否 没事 辛苦 在吗
"""
"""Words of two or more characters that only join a sentence together."""
TELLING_CHARACTERS = "等慢差贵坏退换错烂脏吵漏丢假骗好快棒久乱卡催推响热冷臭破碎"
"""Words of one character that say something by themselves; most are only joints of a sentence."""
SILENT_ENGLISH = """
the and for are was were has had have been being with this that these those from but you your yours they them their
there then than its our ours out about just very can could would should will shall may might did does done what when
where which who whom why how all any some more most also only over into again per via hello dear thanks thank please
get got
"""
NEGATING_CHINESE = ("不", "没", "没有", "未", "别", "无法")
NEGATING_ENGLISH = ("not", "no", "never", "cannot", "without")
COURTESIES_CHINESE = """
客服你好 客服您好 尊敬的客服 你好 您好 在吗 在不在 有人吗 请问一下 请问 麻烦问下 麻烦帮忙看下 麻烦帮我看下
麻烦尽快处理一下 请尽快处理 请尽快回复 麻烦了 谢谢 多谢 辛苦了 在线等 比较着急 急急急 打扰了 亲， 亲,
"""
"""What stands around a question; longer ones first, so that no part of them is left over."""
COURTESIES_ENGLISH = (
    r"\b(?:dear|hello|hi|hey|good (?:morning|day|afternoon|evening))"
    r"(?: (?:there|team|support|support team|all|sir|madam|sir or madam))?\b|\bto whom it may concern\b"
    r"|\b(?:many )?thanks(?: in advance)?\b|\bthank you(?: in advance)?\b|\bplease\b|\b(?:kind|best) regards\b"
)
