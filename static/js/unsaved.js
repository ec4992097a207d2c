// A form with data-unsaved says so in its data-unsaved-note once something in it was typed, and asks before it is left.
(() => {
  "use strict";

  const say = (form, is) => {
    form.toggleAttribute("data-is-unsaved", is);
    const note = form.querySelector("[data-unsaved-note]");
    if (note) note.hidden = !is;
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form?.closest("[data-unsaved]");
    if (form) say(form, true);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-unsaved]")) event.target.removeAttribute("data-is-unsaved");
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("[data-is-unsaved]")) event.preventDefault();
  });
})();
