"""Forms that are sent twice, by a double click or by a browser that tries again."""
