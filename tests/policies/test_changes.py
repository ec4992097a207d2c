"""What changed between two versions can be read, by eye and by ear."""

from __future__ import annotations

import pytest

from shop.policies.changes import changes

BEFORE = "## Mails\n\nWe write to you about your order.\n\nWe keep it for a year."


def test_what_stayed_is_shown_as_it_is() -> None:
    assert "<ins>" not in changes(BEFORE, BEFORE)
    assert "<del>" not in changes(BEFORE, BEFORE)
    assert "<h2>Mails</h2>" in changes(BEFORE, BEFORE)


def test_a_mended_paragraph_is_marked_word_by_word() -> None:
    found = changes(BEFORE, BEFORE.replace("a year", "two years"))
    assert "<p>We keep it for <del>a year</del><ins>two years</ins>.</p>" in found
    assert "<p>We write to you about your order.</p>" in found


def test_a_new_paragraph_and_one_that_went_are_marked_whole() -> None:
    assert "<ins><p>We send no news.</p>\n</ins>" in changes(BEFORE, f"{BEFORE}\n\nWe send no news.")
    assert "<del><p>We keep it for a year.</p>\n</del>" in changes(BEFORE, BEFORE.rpartition("\n\n")[0])


def test_what_went_stands_before_what_came_in_its_place() -> None:
    found = changes("Alpha beta.\n\nOne two three four.", "Gamma delta.\n\nOne two three five.")
    marks = ["<del><p>Alpha beta.</p>\n</del>", "<ins><p>Gamma delta.</p>\n</ins>", "<del>four</del><ins>five</ins>"]
    assert [found.index(mark) for mark in marks] == sorted(found.index(mark) for mark in marks)


def test_a_heading_stays_one() -> None:
    assert "<h2>Mails<ins> and letters</ins></h2>" in changes(BEFORE, BEFORE.replace("Mails", "Mails and letters"))


@pytest.mark.parametrize("text", ["<script>alert(1)</script> &amp; <b>", "[x](javascript:alert(1))", "**_`a`_** <ins>"])
def test_what_stands_in_a_text_can_do_no_harm(text: str) -> None:
    for found in (changes("", text), changes(text, ""), changes(f"one two three four {text}", f"one two three {text}")):
        assert "<script" not in found
        assert "<b>" not in found
        assert "javascript:" not in found.lower().replace("[x](javascript:alert(1))", "")


def test_nothing_at_all_has_no_changes() -> None:
    assert changes("", "") == ""
