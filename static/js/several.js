// Enter in a register number leads to the next one, and from the last to the button, so that nothing is sent unseen.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-enter-next]")) return;
  event.preventDefault();
  const form = event.target.form;
  const stops = [...form.querySelectorAll("[data-enter-next], [data-enter-end]")];
  stops[stops.indexOf(event.target) + 1]?.focus();
});

// The number n places after the first one: the last run of digits counts up and keeps its leading zeros. A number
// without digits stays the same. As in distribution/forms/receiving/register_number.py.
function following(first, n) {
  return first.replace(/[0-9]+(?=[^0-9]*$)/, (digits) => String(BigInt(digits) + BigInt(n)).padStart(digits.length, "0"));
}

// The buttons below a number fill all numbers below it.
const numbers = [...document.querySelectorAll("[data-enter-next]")];
document.querySelectorAll("[data-fill-below]").forEach((buttons) => { buttons.hidden = false; });
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  const field = button.closest("li").querySelector("[data-enter-next]");
  const below = numbers.slice(numbers.indexOf(field) + 1);
  below.forEach((each, index) => {
    each.value = button.dataset.fill === "same" ? field.value : following(field.value.trim(), index + 1);
  });
});
numbers[0]?.focus();
