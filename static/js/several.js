// Enter in a register number leads to the next one, and from the last to the button, so that nothing is sent unseen.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-enter-next]")) return;
  event.preventDefault();
  const form = event.target.form;
  const stops = [...form.querySelectorAll("[data-enter-next], [data-enter-end]")];
  stops[stops.indexOf(event.target) + 1]?.focus();
});

const YEAR = new Date().getFullYear();
const NUMBER_BEFORE_A_YEAR = new RegExp(
  `(?<![0-9])(?!20[0-9]{2}(?![0-9]))[0-9]+(?=[^0-9]*[/\\-. ](?:${YEAR - 1}|${YEAR}|${YEAR + 1})[^0-9]*$)`,
);
const LAST_DIGITS = /[0-9]+(?=[^0-9]*$)/;

// The number n places after the first one: the last run of digits counts up and keeps its leading zeros, or the run
// before it if the last one is this year or one beside it. A number without digits stays the same. As in
// distribution/forms/receiving/register_number.py.
function following(first, n) {
  const counted = NUMBER_BEFORE_A_YEAR.test(first) ? NUMBER_BEFORE_A_YEAR : LAST_DIGITS;
  return first.replace(counted, (digits) => String(BigInt(digits) + BigInt(n)).padStart(digits.length, "0"));
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
