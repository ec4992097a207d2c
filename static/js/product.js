// Shows price, stock and picture of the variant that is chosen, and keeps the choice in the address.
for (const product of document.querySelectorAll("[data-product]")) {
  const facts = product.querySelector("[data-facts]");
  const gallery = product.querySelector("[data-gallery]");
  product.addEventListener("change", (event) => {
    const option = event.target.closest("[data-option]");
    if (!option) return;
    const template = document.getElementById(option.dataset.option);
    facts.replaceChildren(template.content.cloneNode(true));
    const picture = [...gallery.children].find((each) => each.dataset.shows === option.dataset.shows);
    if (picture && option.dataset.shows && picture !== gallery.firstElementChild) gallery.prepend(picture);
    const address = new URL(location.href);
    address.searchParams.set("v", option.value);
    history.replaceState(history.state, "", address);
  });
}
