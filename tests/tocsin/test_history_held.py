"""What came with other bytes and the same text is in sight of whoever asks what was held back."""

from __future__ import annotations

TERMS = "<html><body><main><h1>Terms</h1>{rule}<p>{age}</p></main></body></html>"
RULES = "".join(f"<p>You must pay fee number {number} within thirty days of the invoice.</p>" for number in range(12))


def test_a_page_under_other_markup_is_listed_with_what_was_held_and_is_no_change(tocsin, world):
    tocsin.declare(
        "terms", f'title = "Terms"\npublisher = "Orrin"\nkind = "terms"\nurl = "{world.url("/terms")}"\nevery = "1h"\n'
    )
    world.shows("/terms", TERMS.format(rule=RULES, age="Last updated: 11 months ago"))
    tocsin("visit", "terms")
    assert tocsin("history", "--held") == ""
    dressed = RULES.replace("<p>You", "<p class='x'><b>You</b>").replace(" must", " must ")
    world.shows("/terms", TERMS.format(rule=dressed, age="Last updated: 1 year ago"))
    assert tocsin.json("visit", "terms")["visits"] == {"confirmed": 1}
    assert tocsin.json("history") == tocsin.json("history", "--held") == []
    (line,) = tocsin("history", "--held").splitlines()
    assert line.startswith("terms  ")
    assert "another body with the text of version 1" in line
    assert tocsin("history") == tocsin("history", "--not-held") == ""
    assert tocsin("history", "--held", "--publisher", "Somebody") == ""
