"""Every command, option, setting and channel is documented, and what the documents name exists."""

import re
from pathlib import Path

import pytest
import typer

from tocsin.cli import app
from tocsin.settings import Settings

ROOT = Path(__file__).parents[2]
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def every_command(group=None, prefix=""):
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from every_command(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


@pytest.mark.parametrize(
    ("name", "command"), every_command(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_and_option_is_documented(name, command):
    heading = re.search(rf"^## `tocsin {re.escape(name)}\b.*?(?=^## |\Z)", COMMANDS, re.M | re.S)
    assert heading, f"docs/commands.md has no section for `tocsin {name}`"
    for parameter in command.params:
        for option in parameter.opts:
            if option.startswith("--") and option != "--help":
                assert f"`{option}" in heading.group(), f"docs/commands.md: `tocsin {name}` does not explain {option}"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name):
    assert f"| `TOCSIN_{name.upper()}` |" in SETTINGS


def test_no_document_names_a_setting_that_does_not_exist():
    known = {f"TOCSIN_{name.upper()}" for name in Settings.model_fields} | {"TOCSIN_CONFIG", "TOCSIN_TEST_POSTGRES"}
    for path in [*ROOT.glob("docs/**/*.md"), ROOT / "README.md"]:
        named = set(re.findall(r"\bTOCSIN_[A-Z_]+[A-Z]\b", path.read_text(encoding="utf-8")))
        assert named <= known, f"{path.name} names {named - known}"


def test_no_document_names_a_command_that_does_not_exist():
    known = {name for name, _ in every_command()}
    known |= {name.partition(" ")[0] for name in known}
    for path in [*ROOT.glob("docs/**/*.md"), ROOT / "README.md"]:
        for named in re.findall(r"`tocsin ((?:source )?[a-z]+)", path.read_text(encoding="utf-8")):
            assert named in known, f"{path.name} names `tocsin {named}`"


def test_every_file_a_document_links_to_is_there():
    for path in [*ROOT.glob("docs/**/*.md"), ROOT / "README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"
