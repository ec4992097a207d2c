// In a list with data-reorder="id of a form", items are dragged by their handle; dropping one sends the form, whose
// hidden fields stand in the items. The arrows beside them do the same without a mouse and without this.
(() => {
  "use strict";

  let dragged = null;

  const items = (list) => [...list.children].filter((each) => each.matches("[data-reorder-item]"));
  const attach = () => document.querySelectorAll("[data-reorder]:not([data-reorder-attached])").forEach((list) => {
    list.dataset.reorderAttached = "true";
    items(list).forEach((item) => {
      const handle = item.querySelector("[data-reorder-handle]");
      handle.hidden = false;
      handle.draggable = true;
      handle.addEventListener("dragstart", (event) => start(event, list, item));
      handle.addEventListener("dragend", finish);
    });
    list.addEventListener("dragover", (event) => over(event, list));
  });

  const start = (event, list, item) => {
    dragged = { list, item, before: items(list) };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    event.dataTransfer.setDragImage(item, 16, 16);
    item.toggleAttribute("data-dragged", true);
    event.stopPropagation();
  };

  const over = (event, list) => {
    if (!dragged || dragged.list !== list) return;
    event.preventDefault();
    const target = items(list).find((each) => each !== dragged.item && each.contains(event.target));
    if (!target) return;
    const box = target.getBoundingClientRect();
    const isRow = getComputedStyle(list).display === "grid" && box.width < list.clientWidth * 0.75;
    const isPast = isRow ? event.clientX > box.left + box.width / 2 : event.clientY > box.top + box.height / 2;
    target[isPast ? "after" : "before"](dragged.item);
  };

  const finish = () => {
    if (!dragged) return;
    const { list, item, before } = dragged;
    dragged = null;
    item.removeAttribute("data-dragged");
    if (items(list).some((each, at) => each !== before[at])) document.getElementById(list.dataset.reorder).requestSubmit();
  };

  document.addEventListener("htmx:after:swap", attach);
  attach();
})();
