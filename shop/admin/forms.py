"""What all forms of the desk have in common."""

from __future__ import annotations

from flask_wtf import FlaskForm

TOO_OLD = "This page had been open for too long. Please press the button again."


class StepForm(FlaskForm):  # type: ignore[misc]
    """A button and its token."""
