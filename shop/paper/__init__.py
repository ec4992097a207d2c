"""The register of paper that names somebody: where it lies, who keeps it, until when, and who signed for its end."""
