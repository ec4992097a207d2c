// Keys for people who pack all day: "/" finds the element with that data-key, j and k walk along data-row links,
// and the letter of a data-key presses it. Nothing happens while somebody types.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  const step = { j: 1, k: -1 }[event.key];
  let wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (step && rows.length) {
    const at = rows.indexOf(document.activeElement);
    wanted = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  }
  if (!wanted) return;
  event.preventDefault();
  wanted.focus();
  if (!step && wanted.matches("a, button, summary")) wanted.click();
});
