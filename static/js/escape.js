// Escape, pressed in a form with data-escape, follows the link that it names: the one that leaves the form unsaved.
document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && !event.isComposing && event.target.closest("[data-escape]");
  if (form) document.querySelector(form.dataset.escape)?.click();
});
