"""The root of every error that a person can act on.

ActionableError
├── CalendarError, UnknownMetricError, UnknownDimensionError, AsOfMismatchError     what was asked for
├── LoadError and its kinds (loaders/errors.py)                                     a file
└── SettingsError, ServeError (dashboard)                                           the desk and its server

Each message is one sentence: what was found, where, what was expected, what to do. It is kept as a template with
parameters, so that the dashboard can say it in the reader's language.
"""


class ActionableError(Exception):
    """Something that a person can mend; `template` is the English catalogue entry, `params` fill its braces."""

    def __init__(self, template: str, **params: object) -> None:
        super().__init__(template, params)
        self.template = template
        self.params = params

    def __str__(self) -> str:
        return self.template.format(**self.params)
