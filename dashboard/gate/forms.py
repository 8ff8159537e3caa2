"""Plain HTML forms that need no script: labelled, in both languages, light and dark."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse

from dashboard.gate.paths import STYLE
from dashboard.wording import LANGUAGES, Language, _, speaking

IN_URL: dict[str, Language] = {"zh-CN": "zh_CN", "en": "en"}
CSS = """
:root { color-scheme: light dark; --ground: #f3f5f8; --card: #ffffff; --text: #0e1621; --quiet: #465261;
  --line: #8a94a0; --main: #28629f; --on-main: #ffffff; --bad: #a3261b; --good: #1d6b3a; }
@media (prefers-color-scheme: dark) { :root { --ground: #12171e; --card: #1b232d; --text: #e6ebf1; --quiet: #b3bdc9;
  --line: #76828f; --main: #6aa9e6; --on-main: #0e1621; --bad: #ff9d91; --good: #86d9a5; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground);
  color: var(--text); font: 1rem/1.55 "Source Sans", system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
main { width: 100%; max-width: 25rem; background: var(--card); padding: 2rem; border-radius: .6rem; }
h1 { font-size: 1.35rem; margin: 0 0 .25rem; }
p { margin: 0 0 1rem; } .quiet { color: var(--quiet); font-size: .92rem; }
label { display: block; margin: 1rem 0 .3rem; font-weight: 600; }
input { width: 100%; padding: .6rem .7rem; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: .4rem; }
button { width: 100%; margin-top: 1.5rem; padding: .7rem; font: inherit; font-weight: 600; cursor: pointer; border: 0;
  border-radius: .4rem; color: var(--on-main); background: var(--main); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
a { color: var(--main); }
a.way { display: block; margin-top: 1rem; padding: .65rem; text-align: center; font-weight: 600; text-decoration: none;
  border: 1px solid var(--main); border-radius: .4rem; }
nav { margin-top: 1.5rem; display: flex; gap: 1rem; font-size: .92rem; }
.bad, .good { padding: .6rem .8rem; border-left: 4px solid; margin: 1rem 0 0; }
.bad { color: var(--bad); } .good { color: var(--good); }
"""


@dataclass(frozen=True)
class Field:
    """One thing to type in; `autocomplete` lets a password manager know it."""

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    value: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Form:
    """A page with one form; `bad` is what went wrong, `good` what went well before.

    ways: labels and addresses of what one may do instead; without a button they are all there is.
    """

    title: str
    action: str = ""
    button: str = ""
    fields: Sequence[Field] = ()
    hidden: Sequence[tuple[str, str]] = ()
    intro: str = ""
    bad: str = ""
    good: str = ""
    ways: Sequence[tuple[str, str]] = ()


def language_of(request: Request) -> Language:
    """The language asked for in the address, else the browser's."""
    asked = IN_URL.get(request.query_params.get("lang", ""))
    if asked:
        return asked
    return "zh_CN" if request.headers.get("accept-language", "").strip().lower().startswith("zh") else "en"


def page(request: Request, form: Form, *, desk: str, status: int = 200) -> HTMLResponse:
    """The form as a whole page."""
    language = language_of(request)
    tag = next(tag for tag, known in IN_URL.items() if known == language)
    languages = _languages(form.action or request.url.path, tag)
    with speaking(language):
        html = f"""<!doctype html>
<html lang="{tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(form.title)} · Floorwalker 巡场</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="{STYLE}"></head>
<body><main><h1>{escape(form.title)}</h1>
<p class="quiet">Floorwalker 巡场 · {escape(_("Desk: {name}", name=desk))}</p>
{_said(form)}{_asked(form)}{_ways(form)}<nav aria-label="{escape(_("Language"))}">{languages}</nav></main></body></html>
"""
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})


def _said(form: Form) -> str:
    intro = f"<p>{escape(form.intro)}</p>\n" if form.intro else ""
    good = f'<p class="good" role="status">{escape(form.good)}</p>\n' if form.good else ""
    bad = f'<p class="bad" role="alert" id="bad">{escape(form.bad)}</p>\n' if form.bad else ""
    return intro + good + bad


def _asked(form: Form) -> str:
    if not form.button:
        return ""
    button = f'<button type="submit">{escape(form.button)}</button>'
    return f'<form method="post" action="{escape(form.action)}">\n{_inputs(form)}{button}</form>\n'


def _ways(form: Form) -> str:
    return "".join(f'<a class="way" href="{escape(address)}">{escape(label)}</a>\n' for label, address in form.ways)


def _inputs(form: Form) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">\n' for name, value in form.hidden
    )
    return hidden + "".join(
        _input(field, is_first=field is form.fields[0], is_bad=bool(form.bad)) for field in form.fields
    )


def _input(field: Field, *, is_first: bool, is_bad: bool) -> str:
    told = [f"{field.name}-hint"] * bool(field.hint) + ["bad"] * is_bad
    described = f' aria-describedby="{" ".join(told)}"' if told else ""
    focus = " autofocus" if is_first else ""
    hint = f'<p class="quiet" id="{field.name}-hint">{escape(field.hint)}</p>\n' if field.hint else ""
    return (
        f'<label for="{field.name}">{escape(field.label)}</label>\n'
        f'<input id="{field.name}" name="{field.name}" type="{field.kind}" value="{escape(field.value)}" required '
        f'autocomplete="{field.autocomplete}" autocapitalize="none" spellcheck="false"{described}{focus}>\n{hint}'
    )


def _languages(address: str, current: str) -> str:
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "lang"]
    marks = {current: ' aria-current="true"'}
    return "".join(
        f'<a href="{escape(parts.path)}?{escape(urlencode([*kept, ("lang", tag)]))}" lang="{tag}" hreflang="{tag}"'
        f"{marks.get(tag, '')}>{LANGUAGES[language]}</a>"
        for tag, language in IN_URL.items()
    )
