// The inbox by keyboard: j and k move, o opens, x ticks, a confirms (the ticked letters, if any), ? shows the list of keys.
// The keys can be switched off in that list, and are off while one writes.
const OFF = "inbox-keys-off";
const NEXT = `inbox-next:${location.pathname}`;
const rows = [...document.querySelectorAll("#inbox > li")];
const dialog = document.getElementById("keys");
const toggle = document.getElementById("keys-on");
const link = (row) => row?.querySelector(".app-inbox-subject");
const current = () => rows.findIndex((row) => row.contains(document.activeElement));

function go(index) {
  const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
  link(row)?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

const writes = (element) => element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || writes(event.target)) return;
  if (dialog.open || localStorage.getItem(OFF)) return;
  const index = current();
  const row = rows[index];
  switch (event.key) {
    case "j": go(index + 1); break;
    case "k": go(index < 0 ? rows.length - 1 : index - 1); break;
    case "o": link(row)?.click(); break;
    case "x": row?.querySelector("input[name=delivery]")?.click(); break;
    case "a":
      if (event.repeat) break;
      if (document.querySelector("#inbox input[name=delivery]:checked")) {
        document.querySelector("[data-confirm-ticked]").click();
      } else if (row?.querySelector("[data-confirm]")) {
        sessionStorage.setItem(NEXT, index);
        row.querySelector("[data-confirm]").click();
      }
      break;
    case "?": dialog.showModal(); break;
    default: return;
  }
  event.preventDefault();
});

document.querySelectorAll("[data-keys]").forEach((button) => button.addEventListener("click", () => dialog.showModal()));
document.querySelectorAll(".app-keys-hint").forEach((hint) => { hint.hidden = false; });
toggle.checked = !localStorage.getItem(OFF);
toggle.addEventListener("change", () => {
  if (toggle.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1");
});

// After a letter was confirmed by its key, the one that moved up into its place is the current one.
const next = sessionStorage.getItem(NEXT);
if (next !== null) {
  sessionStorage.removeItem(NEXT);
  go(Number(next));
}
