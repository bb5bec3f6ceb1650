"""The HTML part of a message: templates that escape everything, with their style moved into the elements."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from alerts.language import _, ngettext, pgettext, spoken


def rendered(template: str, parts: Mapping[str, object]) -> str:
    """A whole HTML document. It loads nothing: no image, no script, no style sheet from anywhere."""
    return _inliner().inline(_templates().get_template(template).render(parts))


def fragment(template: str, parts: Mapping[str, object]) -> str:
    """A piece of HTML for a page that brings its own styles; escaped as the whole document is."""
    return _templates().get_template(template).render(parts)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("alerts"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # What they give is a plain str and is escaped where it is shown, like everything else.
    found.globals |= {"_": _, "ngettext": ngettext, "pgettext": pgettext, "language_tag": language_tag}
    return found


def language_tag() -> str:
    """The language in force as BCP 47 has it, for lang="" and Content-Language: "zh-Hans-CN"."""
    return spoken().replace("_", "-")


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    # Mail programs that drop <style> get the inlined style; those that keep it also get narrow and dark screens.
    return css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)
