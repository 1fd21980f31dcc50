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
const hint = document.querySelector(".source-hint");
if (hint) hint.hidden = false;
