// A button with data-shows="id" shows what is typed in that field, and hides it again before it is sent.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-shows]");
  if (!button) return;
  const field = document.getElementById(button.dataset.shows);
  const isShown = field.type === "text";
  field.type = isShown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!isShown));
  field.focus();
});
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("[data-shows][aria-pressed=true]")) button.click();
}, true);
