// Enter in a register number leads to the next one, and from the last to the button, so that nothing is sent unseen.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-enter-next]")) return;
  event.preventDefault();
  const form = event.target.form;
  const stops = [...form.querySelectorAll("[data-enter-next], button")];
  stops[stops.indexOf(event.target) + 1]?.focus();
});
document.querySelector("[data-enter-next]")?.focus();
