"""What all forms of the desk have in common."""

from __future__ import annotations

from flask_wtf import FlaskForm


class StepForm(FlaskForm):  # type: ignore[misc]
    """A button and its token, which is looked at before any view is asked (security.ask_forms_for_tokens)."""
