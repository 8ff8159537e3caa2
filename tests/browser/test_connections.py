"""A person connects a helpdesk, reads it and is told how it went; the page passes axe and asks nobody else."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import served, visiting
from tests.browser.test_access import SERIOUS
from tests.live.serving import served as answering
from tests.live.zendesk import ZendeskModel

pytestmark = pytest.mark.browser


def test_a_helpdesk_is_connected_read_and_told_of(tmp_path: Path, browser: Browser) -> None:
    zendesk = ZendeskModel(seed=3, page=50)
    zendesk.work(120)
    zendesk.rest()
    with (
        answering(zendesk) as helpdesk,
        served(tmp_path / "desk", tmp_path / "server.log") as address,
        visiting(browser, address) as visitor,
    ):
        visitor.open("/connections?lang=zh_CN")
        visitor.see("尚未连接任何系统")
        page = visitor.page
        page.get_by_label("网址").fill(helpdesk)
        page.get_by_label("令牌所属账号的邮箱").fill("agent@example.com")
        page.get_by_label("API 令牌").fill("secret")
        page.get_by_role("button", name="保存").first.click()
        visitor.see("连接已保存。")
        assert page.get_by_text("secret", exact=True).count() == 0
        page.get_by_role("button", name="立即同步").click()
        visitor.see("同步完成")
        visitor.settle()
        visitor.see(f"新增 {len(zendesk.standing())} 个工单")
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in SERIOUS] == []
