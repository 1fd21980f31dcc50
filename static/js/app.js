"use strict";

// A form marked data-once is sent once: a double click doesn't send it twice. Coming back re-arms it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// A checkbox with data-check-all ticks every box of that name within its form.
document.addEventListener("change", (event) => {
  const name = event.target.dataset.checkAll;
  if (!name) return;
  event.target.form.querySelectorAll(`input[name="${name}"]`).forEach((box) => { box.checked = event.target.checked; });
});

// A menu closes when one clicks or tabs out of it, or presses Escape.
function closeMenus(except) {
  document.querySelectorAll("details.app-menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.app-menu")));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(null); });

// An answer to htmx that is a whole page (a sign-in page, another letter's page) is gone to, not swapped in. Suggestions
// for a search and the bell are left out then, and the page keeps what was typed on it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!/^\s*<!doctype/i.test(event.detail.xhr.responseText)) return;
  event.detail.shouldSwap = false;
  if (event.detail.elt.closest(".app-search, .app-bell")) return;
  window.location.assign(event.detail.xhr.responseURL);
});
// A page whose suggestions for a search, or whose bell, fail keeps what was typed on it.
document.addEventListener("htmx:responseError", (event) => {
  if (!event.detail.elt.closest(".app-search, .app-bell")) window.location.reload();
});

// From a search field with data-picker the arrows walk through the buttons of what was found; Enter presses one.
// Enter in the field itself goes to the first one, so that nothing is chosen unseen.
document.addEventListener("keydown", (event) => {
  const down = event.key === "ArrowDown", up = event.key === "ArrowUp", enter = event.key === "Enter";
  if (!down && !up && !enter) return;
  const field = event.target.closest("[data-picker]");
  const list = field ? document.getElementById(field.dataset.picker) : event.target.closest("[id]:has(button)");
  const picker = field || (list && document.querySelector(`[data-picker="${list.id}"]`));
  if (!picker || !list || up && field) return;
  const buttons = [...list.querySelectorAll("button")];
  const index = buttons.indexOf(event.target);
  if (enter && (!field || !buttons.length)) return;
  event.preventDefault();
  if (field) { buttons[0]?.focus(); return; }
  (buttons[index + (down ? 1 : -1)] || (up ? picker : buttons[index])).focus();
});
