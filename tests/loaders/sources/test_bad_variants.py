"""What goes wrong with exports on their way, for every system: each fault is told in words that name it."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from loaders.build import build
from loaders.catalog import certain_proposal, preset_of
from loaders.errors import MappingError, ZoneNeededError
from loaders.mapping import Mapping
from loaders.presets import IncompleteExportError
from tests.loaders.raws import raw_file
from tests.loaders.sources.export import Export
from tests.loaders.sources.samples import EXPORTS
from tests.loaders.sources.test_presets import golden, recognised, told

CSV = [export for export in EXPORTS if export.file.endswith(".csv")]
JSON = [export for export in EXPORTS if export.file.endswith((".json", ".ndjson"))]
SYSTEMS = list({export.source: export for export in reversed(EXPORTS)}.values())


def named(exports: list[Export]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("export", exports, ids=[f"{one.source}/{one.file}" for one in exports])


def rewritten(export: Export, change: Callable[[str], str], encoding: str = "utf-8") -> bytes:
    return change(export.path.read_bytes().decode(export.encoding)).encode(encoding)


def same_as_golden(content: bytes, export: Export, folder: Path) -> None:
    path = folder / export.file
    path.write_bytes(content)
    raw = raw_file(path, folder)
    result = build(raw, recognised(raw), source=export.source, zone=export.zone)
    expected = golden(export)
    key = next(iter(expected[0]))
    assert sorted(told(result, list(expected[0])), key=lambda row: row[key]) == sorted(
        expected, key=lambda row: row[key]
    )


@named(CSV)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_an_export_is_read_in_any_encoding(export: Export, encoding: str, tmp_path: Path) -> None:
    same_as_golden(rewritten(export, lambda text: text, encoding), export, tmp_path)


@named(JSON)
def test_a_mark_before_json_is_no_content(export: Export, tmp_path: Path) -> None:
    same_as_golden(b"\xef\xbb\xbf" + export.path.read_bytes(), export, tmp_path)


@named([one for one in CSV if ".en." in one.file and one.path.with_name(one.file.replace(".en.", ".zh.")).exists()])
def test_headers_of_two_languages_in_one_file_are_understood(export: Export, tmp_path: Path) -> None:
    """Somebody translated half of the titles by hand: every second one is Chinese."""
    chinese = next(
        one for one in CSV if one.source == export.source and one.file == export.file.replace(".en.", ".zh.")
    )
    titles = [zh if at % 2 else en for at, (en, zh) in enumerate(zip(export.columns, chinese.columns, strict=True))]
    mixed = replace(export, columns=dict(zip(titles, export.columns.values(), strict=True)))
    same_as_golden(mixed.content(), export, tmp_path)


@named(SYSTEMS)
def test_a_missing_column_of_creation_is_named_with_the_system(export: Export, tmp_path: Path) -> None:
    raw = raw_file(export.path, tmp_path)
    mapping = recognised(raw)
    at = next(name for name in ("created_at", "start_at") if name in mapping.columns)
    gone = {part.split(".")[0] for part in mapping.columns[at].split(" + ")}
    headers = tuple(header for header in raw.headers if header not in gone)
    cut = replace(raw, headers=headers, frame=raw.frame.drop(gone))
    preset = preset_of(cut)
    assert preset is not None
    with pytest.raises(IncompleteExportError) as caught:
        certain_proposal(cut, preset)
    assert preset.title in str(caught.value)
    assert at in str(caught.value)


@named(SYSTEMS)
def test_any_other_missing_column_costs_its_figures_only(export: Export, tmp_path: Path) -> None:
    raw = raw_file(export.path, tmp_path)
    mapping = recognised(raw)
    needed = {header.split(".")[0] for name in ("ticket_id", "created_at", "start_at") if name in mapping.columns
              for header in mapping.columns[name].split(" + ")}  # fmt: skip
    for header in set(raw.headers) - needed:
        left = tuple(one for one in raw.headers if one != header)
        preset = preset_of(replace(raw, headers=left))
        assert preset is not None, header
        assert preset.mapping.name == export.source, header
        assert {"ticket_id", "created_at"} <= set(preset.fitted(left).columns) or export.source == "switch"
    named_ = [header for header in mapping.columns.values() if header in raw.headers and header not in needed]
    cut = replace(raw, headers=tuple(one for one in raw.headers if one != named_[-1]), frame=raw.frame.drop(named_[-1]))
    preset = preset_of(cut)
    assert preset is not None
    assert build(cut, certain_proposal(cut, preset).mapping, source="x", zone=export.zone).loaded == len(export.of)


@named([one for one in SYSTEMS if one.zone])
def test_stamps_without_a_zone_ask_for_one_and_an_unknown_one_is_named(export: Export, tmp_path: Path) -> None:
    raw = raw_file(export.path, tmp_path)
    mapping: Mapping = recognised(raw)
    with pytest.raises(ZoneNeededError):
        build(raw, mapping, source=export.source)
    with pytest.raises(MappingError, match="Mars/Base"):
        build(raw, mapping, source=export.source, zone="Mars/Base")


@named([one for one in CSV if one.source in ("zendesk", "freshdesk", "hubspot", "osticket", "zoho", "sobot")])
def test_ids_that_a_spreadsheet_damaged_are_told_and_never_merged(export: Export, tmp_path: Path) -> None:
    text = export.path.read_bytes().decode(export.encoding)
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    raw = raw_file(export.path, tmp_path)
    at = header.index(recognised(raw).columns["ticket_id"])
    for row in rows[:3]:
        row[at] = "1.80E+10"
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    path = tmp_path / export.file
    path.write_text(out.getvalue(), encoding="utf-8")
    raw = raw_file(path, tmp_path)
    result = build(raw, recognised(raw), source=export.source, zone=export.zone)
    problems = result.rejects.filter(reason="id_damaged_by_spreadsheet")
    assert problems["kind"].to_list() == ["rejected"] * 3
    assert result.loaded == len(rows) - 3


def test_a_cut_json_answer_is_refused_with_its_place(tmp_path: Path) -> None:
    from loaders.reading.refusal import Refusal

    export = next(one for one in JSON if one.inside)
    path = tmp_path / export.file
    path.write_bytes(export.path.read_bytes()[:2000])
    with pytest.raises(Refusal) as caught:
        raw_file(path, tmp_path)
    assert caught.value.params["line"]


def test_json_keys_stay_what_they_are_when_the_list_lies_deeper(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"page": {"number": 1}, "_embedded": {"conversations": [{"id": 1}, {"id": 2}]}}))
    assert raw_file(path, tmp_path).frame["id"].to_list() == ["1", "2"]
