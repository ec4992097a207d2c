// Says in the status region that the shop could not be reached, when htmx got no answer at all.
document.addEventListener("htmx:error", (event) => {
  const status = document.getElementById("status");
  if (!status || !event.detail.ctx || event.detail.ctx.response) return;
  const message = document.createElement("p");
  message.className = "toast toast--problem";
  message.textContent = "The shop could not be reached. Look at your connection, then try again.";
  status.replaceChildren(message);
});
