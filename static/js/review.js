// The place of the field in focus is marked in the source beside the form, and said to screen readers.
const source = document.querySelector(".review-source");
const place = document.getElementById("source-place");
const marks = (name) => [...source.querySelectorAll(`[data-fields~="${CSS.escape(name)}"]`)];

function show(name) {
  source.querySelectorAll(".is-lit").forEach((mark) => mark.classList.remove("is-lit"));
  const lit = name ? marks(name) : [];
  lit.forEach((mark) => mark.classList.add("is-lit"));
  const first = lit.find((mark) => mark.getClientRects().length);
  const words = first && (first.dataset.page ? [place.dataset.page, first.dataset.page] : [place.dataset.line, first.dataset.line]);
  place.textContent = words ? words.join(" ") : "";
  if (!first) return;
  const box = first.closest(".source-pages, .source-lines");
  const at = first.getBoundingClientRect();
  const view = box.getBoundingClientRect();
  if (at.top < view.top || at.bottom > view.bottom) box.scrollTop += at.top - view.top - view.height / 3;
}

document.getElementById("review-form").addEventListener("focusin", (event) => show(event.target.dataset.source));
document.querySelector(".source-switch")?.addEventListener("click", (event) => {
  const page = event.target.hash && document.querySelector(event.target.hash);
  if (!page) return;
  event.preventDefault();
  const box = page.closest(".source-pages");
  box.scrollTop += page.getBoundingClientRect().top - box.getBoundingClientRect().top;
});

// The step that asks about a value marks its place too. 1 and 2 press its buttons, unless one is typing.
const check = document.querySelector("#check[data-field]");
if (check) show(check.dataset.field);
document.addEventListener("keydown", (event) => {
  if (!check || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, textarea, select")) return;
  const button = check.querySelector(`[data-choice="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
check?.addEventListener("click", (event) => {
  const edit = event.target.closest("[data-edit]");
  const field = edit && document.querySelector(edit.hash);
  if (!field) return;
  event.preventDefault();
  field.focus();
});
const hint = document.querySelector(".source-hint");
if (hint) hint.hidden = false;
