// In a table of rows: a second press of a data-glance link closes what the first one opened; a box in the head, which
// is there for this script alone, selects all rows; and a click with Shift selects all from the last box to this one.
document.addEventListener("click", (event) => {
  const glance = event.target.closest("[data-glance]");
  const open = glance?.closest("tr").nextElementSibling?.querySelector("[id]");
  if (!open?.childElementCount) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  open.replaceChildren();
}, true);

let last;
document.addEventListener("click", (event) => {
  const box = event.target;
  const form = box.matches("[data-select], [data-select-all]") && box.closest("form");
  if (!form) return;
  const boxes = [...form.querySelectorAll("[data-select]")];
  if (box.matches("[data-select-all]")) {
    for (const each of boxes) each.checked = box.checked;
    return;
  }
  const from = boxes.indexOf(last);
  if (event.shiftKey && from >= 0) {
    const to = boxes.indexOf(box);
    for (const each of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = box.checked;
  }
  last = box;
});
