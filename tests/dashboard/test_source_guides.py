"""Every named system has its page, in both languages, with what its exports cannot tell."""

import pytest

from dashboard.source_guides import guide, guides
from loaders.catalog import presets

SYSTEMS = {
    *("zendesk", "freshdesk", "freshservice", "salesforce", "dynamics", "hubspot", "zoho", "intercom", "jira"),
    *("chatwoot", "zammad", "osticket", "freescout", "frappe", "servicenow"),
    *("jiandaoyun", "ones", "wecom", "sobot", "qiyu", "switch"),
}


def test_every_named_system_has_a_preset_and_a_page() -> None:
    assert set(guides()) == SYSTEMS
    assert {preset.mapping.name for preset in presets().values()} - {"generic"} == SYSTEMS


@pytest.mark.parametrize("source", sorted(SYSTEMS))
def test_a_page_says_in_both_languages_how_to_export_what_cannot_be_had_and_how_sure_it_is(source: str) -> None:
    english, chinese = guide(source, "en"), guide(source, "zh_CN")
    for part in ("How to export.", "How it is read.", "What cannot be had", "How sure is this?"):
        assert f"**{part}" in english
    for part in ("如何导出。", "如何读取。", "得不到什么", "有多确定？"):
        assert f"**{part}" in chinese
    assert "##" not in english + chinese
