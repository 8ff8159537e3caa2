"""Parts that pages are put together from; each owns its widgets' state and knows no rule and no figure of its own."""
