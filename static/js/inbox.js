// The inbox and its letters by keyboard. In the list j and k move, o opens, x ticks, a confirms or answers (the ticked
// letters, if any).
// On a letter j and k lead to the next and the previous one of the list, o opens its file, a confirms, l leads back to the list.
// ? shows the list of keys. The keys can be switched off there, and are off while one writes.
const OFF = "inbox-keys-off";
const NEXT = `inbox-next:${location.pathname}`;
const list = document.getElementById("inbox");
const rows = [...document.querySelectorAll("#inbox > li")];
const dialog = document.getElementById("keys");
const toggle = document.getElementById("keys-on");
const link = (row) => row?.querySelector(".app-inbox-subject");
const current = () => rows.findIndex((row) => row.contains(document.activeElement));
const ticked = () => rows.findIndex((row) => row.querySelector("input[name=delivery]")?.checked);
const anyTicked = () => document.querySelector("#letters input[name=delivery]:is([type=hidden], :checked)") !== null;

function go(index) {
  const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
  link(row)?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

// At either end of the list there is no such link; then the way back to the list is in focus.
function walk(to) {
  const found = document.querySelector(`[data-walk="${to}"]`);
  if (found) found.click(); else document.querySelector('[data-walk="list"]').focus();
}

const writes = (element) => element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

const onList = {
  j: () => go(current() + 1),
  k: () => go(current() < 0 ? rows.length - 1 : current() - 1),
  o: () => link(rows[current()])?.click(),
  x: () => rows[current()]?.querySelector("input[name=delivery]")?.click(),
  a: () => (anyTicked()
    ? document.querySelector("[data-confirm-ticked], [data-answer-ticked]")
    : rows[current()]?.querySelector("[data-confirm], [data-answer]"))?.click(),
};
const onLetter = {
  j: () => walk("after"),
  k: () => walk("before"),
  o: () => document.querySelector("[data-open]")?.click(),
  a: () => document.querySelector("[data-confirm]")?.click(),
  l: () => walk("list"),
};
const acts = { ...(list ? onList : onLetter), "?": () => dialog.showModal() };
const repeatable = list ? ["j", "k"] : [];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || writes(event.target)) return;
  if (dialog.open || localStorage.getItem(OFF) || !Object.hasOwn(acts, event.key)) return;
  if (!event.repeat || repeatable.includes(event.key)) acts[event.key]();
  event.preventDefault();
});

document.querySelectorAll("[data-keys]").forEach((button) => button.addEventListener("click", () => dialog.showModal()));
document.querySelectorAll(".app-keys-hint").forEach((hint) => { hint.hidden = false; });
toggle.checked = !localStorage.getItem(OFF);
toggle.addEventListener("change", () => {
  if (toggle.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1");
});

// After letters were confirmed, the one that moved up into the place of the first of them is the current one.
list?.closest("form").addEventListener("submit", (event) => {
  if (!event.submitter?.matches("[data-confirm], [data-confirm-ticked], [data-answer-ticked]")) return;
  const alone = rows.findIndex((row) => row.contains(event.submitter));
  sessionStorage.setItem(NEXT, alone < 0 ? ticked() : alone);
});
const next = list && sessionStorage.getItem(NEXT);
if (next !== null) {
  sessionStorage.removeItem(NEXT);
  go(Number(next));
}
