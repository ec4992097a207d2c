// Keys for people who pack all day: "/" finds the element with that data-key, j and k (or the arrows) walk along the
// data-row rows, v and x press what is marked in a row, and the letter of a data-key presses it: in the row if it is
// there, else on the page. Nothing happens while somebody types.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], [popover]")) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  let wanted;
  if (step && rows.length) {
    const row = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    wanted = row.matches("a, button") ? row : row.querySelector("[data-row-link]");
  } else {
    const key = `[data-key="${CSS.escape(event.key)}"]`;
    const chosen = document.querySelector(`[data-chosen]:has(:checked) ${key}`);
    wanted = chosen || rows[at]?.querySelector(key) || document.querySelector(`${key}:not([data-row] *, [data-chosen] *)`);
  }
  if (!wanted) return;
  event.preventDefault();
  if (!wanted.matches("[type=checkbox], [data-glance]")) wanted.focus();
  wanted.scrollIntoView({ block: "nearest" });
  if (!step && wanted.matches("a, button, summary, [type=checkbox]")) wanted.click();
});
