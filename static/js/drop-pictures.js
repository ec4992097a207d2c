// A form with data-drop-pictures="address of the pictures" takes what is dropped on it, and sends one file after another
// so that it can say how far it is. What somebody typed about a picture meanwhile survives the list being drawn anew.
(() => {
  "use strict";

  const LARGEST = 12 * 1024 * 1024;
  const typed = new Map();

  const attach = () => document.querySelectorAll("[data-drop-pictures]:not([data-drop-attached])").forEach((form) => {
    form.dataset.dropAttached = "true";
    form.querySelector("[data-drop-hint]").hidden = false;
    const input = form.querySelector("input[type=file]");
    const light = (is) => form.toggleAttribute("data-over", is);
    form.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      light(true);
    });
    form.addEventListener("dragleave", () => light(false));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      light(false);
      send(form, [...event.dataTransfer.files]);
    });
    input.addEventListener("change", () => send(form, [...input.files]));
  });

  const send = async (form, files) => {
    if (!files.length) return;
    const refused = [];
    for (const [at, file] of files.entries()) {
      say(form, `Sending ${at + 1} of ${files.length}: ${file.name}`);
      const problem = file.size > LARGEST ? `${file.name}: The picture is larger than 12 MB.` : await one(form, file);
      if (problem) refused.push(problem);
    }
    form.reset();
    htmx.ajax("GET", form.dataset.dropPictures, { target: "#admin-pictures", swap: "outerHTML" }).then(() => {
      const now = document.querySelector("[data-drop-pictures]");
      if (now) say(now, refused.join(" "));
    });
  };

  // What the shop has against the file, or nothing.
  const one = async (form, file) => {
    const body = new FormData();
    body.set("csrf_token", form.elements.csrf_token.value);
    body.set("pictures", file, file.name);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (answer.ok) return "";
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const said = page.querySelector(".error-summary__list li, .toast");
      return said ? said.textContent.trim() : `${file.name}: It could not be sent.`;
    } catch {
      return `${file.name}: The shop could not be reached.`;
    }
  };

  const say = (form, text) => { form.querySelector("[data-drop-said]").textContent = text; };

  document.addEventListener("htmx:before:swap", () => {
    typed.clear();
    document.querySelectorAll("#admin-pictures textarea").forEach((area) => {
      if (area.value !== area.defaultValue) typed.set(area.id, [area.value, area === document.activeElement]);
    });
  });
  document.addEventListener("htmx:after:swap", () => {
    typed.forEach(([text, hadFocus], id) => {
      const area = document.getElementById(id);
      if (!area || area.value === text) return;
      area.value = text;
      if (hadFocus) area.focus();
    });
    attach();
  });
  attach();
})();
