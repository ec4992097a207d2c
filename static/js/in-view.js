// A list of links too long for the screen, such as the desk's on a phone, is scrolled to the page that is open.
for (const link of document.querySelectorAll("[data-in-view] [aria-current]")) {
  const list = link.closest("[data-in-view]");
  list.scrollLeft = link.offsetLeft - list.offsetLeft - (list.clientWidth - link.offsetWidth) / 2;
}
