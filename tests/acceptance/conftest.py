"""A Chromium for what is shown in a browser, as the browser tests have it."""

from tests.browser.conftest import browser, playwright

__all__ = ["browser", "playwright"]
