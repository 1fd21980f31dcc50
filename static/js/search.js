// The search box of every page. / goes to it, unless one writes or the keys are switched off. What is found while one
// types stands below it: the arrows choose, Enter opens, Escape closes. On the page of results the arrows choose too.
const OFF = "inbox-keys-off";
const field = document.getElementById("search");
const panel = document.getElementById("search-found");
const status = document.getElementById("search-status");
const results = document.getElementById("search-page");
const writes = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const isOpen = () => !panel.hidden;

function open() {
  panel.hidden = !panel.childElementCount || !field.value.trim();
}

function close() {
  panel.hidden = true;
  status.textContent = "";
}

function move(event, step) {
  const list = panel.contains(event.target) || event.target === field && isOpen() ? panel : results;
  const links = [...(list?.querySelectorAll("[data-hit]") ?? [])];
  const at = links.indexOf(event.target);
  if (at < 0 && (event.target !== field || step < 0) || !links.length) return;
  event.preventDefault();
  if (at + step < 0) field.focus(); else links[Math.min(at + step, links.length - 1)].focus();
}

if (field) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (writes(event.target) || document.querySelector("dialog[open]") || localStorage.getItem(OFF)) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") {
      if (event.target === field) open();
      move(event, 1);
    } else if (event.key === "ArrowUp") {
      move(event, -1);
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      close();
      field.focus();
    }
  });

  // Words typed meanwhile are asked for next: an answer to a field that was emptied is not shown.
  panel.addEventListener("htmx:afterSwap", () => {
    open();
    const counts = [...panel.querySelectorAll(".app-search-title")].map((title) => title.textContent.trim().replace(/\s+/g, " "));
    status.textContent = counts.join(", ") || panel.textContent.trim();
  });
  field.addEventListener("input", () => { if (!field.value.trim()) close(); });
  document.addEventListener("click", (event) => { if (!field.form.contains(event.target)) close(); });
  field.form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !field.form.contains(event.relatedTarget)) close();
  });
}
