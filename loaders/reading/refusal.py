"""A refusal inside the reading child: it crosses to the parent as data and becomes a ReadError there."""


class Refusal(Exception):
    """The file cannot be read; `template` is a sentence of sentences.py, the file's name is filled in by the parent."""

    def __init__(self, template: str, **params: object) -> None:
        super().__init__(template, params)
        self.template = template
        self.params = params
