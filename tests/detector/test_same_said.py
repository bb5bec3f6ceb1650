"""An address, a contact or a denial written otherwise says the same; another address, party or role does not."""

from __future__ import annotations

import pytest

from detector.words.addresses import in_full, plain_mail
from store.values import Content, FindingKind, Passage, PassageKind, Severity


@pytest.mark.parametrize(
    "written",
    [
        "me@host.example.org",
        "me [at] host.example.org",
        "me[at]host[dot]example[dot]org",
        "me (AT) host (DOT) example (dot) org",
        "me (arobase) host (point) example (point) org",
        r"me\[at\]host.example.org",
    ],
)
def test_a_mail_address_spelled_out_is_that_address(written):
    assert plain_mail(written) == "me@host.example.org"


def test_the_shortened_word_of_a_street_is_the_whole_one():
    assert (in_full("blvd"), in_full("st."), in_full("castle")) == ("boulevard", "street", "castle")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Write to legal@example.org about this.", "Write to legal [at] example [dot] org about this."),
        ("Write to legal@example.org today.", "Write to legal@example.org (legal[at]example[dot]org) today."),
        ("Écrivez à contact@exemple.fr.", "Écrivez à contact (arobase) exemple (point) fr."),
        ("请写信至 legal@example.org 联系我们。", "请写信至 legal [at] example [dot] org 联系我们。"),
        (
            "We sit at Orrin Inc., 12 Market Street, Springfield, 62701, IL, USA.",
            "We sit at Orrin Inc., 12 Market St., Springfield, IL 62701, United States.",
        ),
        (
            "Write to Orrin GmbH, 8 Castle Road, 4051 Basel, Switzerland.",
            "Write to Orrin GmbH, 8 Castle Rd, Basel 4051, Switzerland.",
        ),
        ("We will not sell your data to anybody.", "We do not sell your data to anybody."),
        ("We never rent your data to anybody.", "We will never rent your data to anybody."),
        ("You are billed each month for the service.", "You are billed every month for the service."),
        ("The series is made for kids.", "The series is made for children."),
        ("It helps, amongst other things, whilst you work.", "It helps, among other things, while you work."),
        (
            "Kestrelo users may use Kestrlo Cloud; Kestrelo may end it.",
            "Kestrelo users may use Kestrelo Cloud; Kestrelo may end it.",
        ),
    ],
)
def test_the_same_written_otherwise_is_not_substantive(compared, old, new):
    for before, after in ((old, new), (new, old)):
        comparison = compared(before, after)
        assert not comparison.judgement.substantive, comparison.findings


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Write to legal@example.org about this.", "Write to legal [at] sample [dot] org about this."),
        ("Write to legal@example.org.", "Write to legal@example.org (sales[at]example[dot]org)."),
        ("We sit at 12 Market Street, Springfield, USA.", "We sit at 14 Market Street, Springfield, USA."),
        ("We sit at 12 Market Street, Springfield, USA.", "We sit at 12 Castle Street, Springfield, USA."),
        ("We will not sell your data to anybody.", "We sell your data to anybody."),
        ("We will not sell your data to anybody.", "You must not sell your data to anybody."),
        ("Kestrelo and Kestrello: Kestrelo may end it.", "Kestrelo and Kestrello: Kestrello may end it."),
        ("We do not warrant accuracy or availability.", "We do not warrant accuracy."),
    ],
)
def test_another_address_party_or_denial_is_substantive(compared, old, new):
    comparison = compared(old, new)
    assert comparison.judgement.substantive, comparison.findings


def linked(text: str, *links: str) -> Content:
    return Content((Passage(PassageKind.PARAGRAPH, text, links=links),))


SUBPROCESSORS = "Customer data goes to those listed at {} under this agreement."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            linked(SUBPROCESSORS.format("https://platform.example.org/list"), "https://platform.example.org/list"),
            linked(SUBPROCESSORS.format("this page"), "https://example.org/policies/list"),
        ),
        (
            linked("If in doubt, contact Orrin Support.", "https://support.example.org/contact"),
            linked("If in doubt, contact us through the Orrin Support portal.", "https://support.example.org/"),
        ),
        (
            linked("La liste figure sur https://www.exemple.fr/liste.", "https://www.exemple.fr/liste"),
            linked("La liste figure sur cette page.", "https://www.exemple.fr/liste"),
        ),
    ],
)
def test_other_words_for_a_link_to_the_same_host_are_not_substantive(compared, old, new):
    for before, after in ((old, new), (new, old)):
        comparison = compared(before, after)
        assert not comparison.judgement.substantive, comparison.findings


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            linked(SUBPROCESSORS.format("https://platform.example.org/list"), "https://platform.example.org/list"),
            linked(SUBPROCESSORS.format("this page"), "https://elsewhere.net/list"),
        ),
        (
            linked(SUBPROCESSORS.format("https://example.org/list"), "https://example.org/list"),
            linked(SUBPROCESSORS.format("https://elsewhere.net/list"), "https://elsewhere.net/list"),
        ),
        (
            linked("If in doubt, contact Orrin Support.", "https://support.example.org/"),
            linked("If in doubt, contact Velmer Support.", "https://support.example.org/"),
        ),
    ],
)
def test_a_link_to_another_host_or_another_name_is_substantive(compared, old, new):
    assert compared(old, new).judgement.substantive


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The provider may remove the customer.", "The customer may remove the provider."),
        ("We send data from the customer to the vendor.", "We send data from the vendor to the customer."),
        ("Le prestataire peut exclure le client du service.", "Le client peut exclure le prestataire du service."),
        ("供应商可以将客户移出名单。", "客户可以将供应商移出名单。"),
        ("Alpha may sue Beta.", "Beta may sue Alpha."),
    ],
)
def test_roles_that_changed_places_are_heard(compared, old, new):
    findings = compared(old, new).findings
    assert (FindingKind.REWORDED, Severity.MEDIUM) in {(one.kind, one.severity) for one in findings}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("You may sell pears, plums and figs.", "You may sell figs, plums and pears."),
        ("The provider and the customer agree on the price.", "The customer and the provider agree on the price."),
        ("The provider deletes the customer files.", "The customer files are deleted by the provider."),
        ("客户与供应商共同承担费用。", "供应商与客户共同承担费用。"),
    ],
)
def test_members_in_another_order_and_the_passive_are_no_changed_roles(compared, old, new):
    assert not compared(old, new).judgement.substantive
