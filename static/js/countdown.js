// Counts the seconds in a data-countdown down, one by one; at none its form is gone, for it is too late.
setInterval(() => {
  for (const left of document.querySelectorAll("[data-countdown]")) {
    const seconds = Number(left.textContent) - 1;
    if (seconds > 0) left.textContent = seconds;
    else left.closest("form").remove();
  }
}, 1000);
