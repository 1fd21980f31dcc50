// The ticks of a form marked data-ticks. They survive a link to the same list, narrowed or sorted otherwise: they are sent
// to be kept first, and the list is shown then.
const form = document.querySelector("form[data-ticks]");
const keep = document.getElementById("keep-ticks");
const anyTicked = () => form.querySelector("input[name=delivery]:is([type=hidden], :checked)") !== null;
const hadTicks = form !== null && anyTicked();
document.addEventListener("click", (event) => {
  const to = event.target.closest("a[href]");
  if (event.ctrlKey || event.metaKey || event.shiftKey || !to || to.hash || to.target) return;
  if (!form || to.origin !== location.origin || to.pathname !== location.pathname) return;
  if (to.search.includes("_export=") || !hadTicks && !anyTicked()) return;
  event.preventDefault();
  keep.value = to.search || "?";
  form.requestSubmit(keep);
});

// They survive a look at a row too: those of this page are put back when it is shown again.
const TICKS = `ticks:${location.pathname}${location.search}`;
let sent = false;
form?.addEventListener("submit", () => { sent = true; });
window.addEventListener("pagehide", () => {
  if (!form || sent) return;
  const boxes = [...form.querySelectorAll("input[name=delivery][type=checkbox]")];
  sessionStorage.setItem(TICKS, JSON.stringify(boxes.filter((each) => each.checked).map((each) => each.value)));
});
const before = form && sessionStorage.getItem(TICKS);
if (before) {
  sessionStorage.removeItem(TICKS);
  const values = JSON.parse(before);
  form.querySelectorAll("input[name=delivery]").forEach((each) => { if (values.includes(each.value)) each.checked = true; });
}
