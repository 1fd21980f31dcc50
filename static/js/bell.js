// The bell of every page asks once after the page has loaded, then every minute while the page can be seen. What has
// not changed isn't swapped, nor is anything while one is in the list: so nothing flickers and no focus is lost.
const EVERY = 60_000;
const bell = document.querySelector(".app-bell");
const items = document.getElementById("bell-items");
const status = document.getElementById("bell-status");
let shown = null, asked = Date.now(), stopped = false;

function ask() {
  if (stopped || document.visibilityState !== "visible" || Date.now() - asked < EVERY / 2) return;
  asked = Date.now();
  htmx.trigger(items, "bell");
}

if (bell && items) {
  items.addEventListener("htmx:beforeSwap", (event) => {
    const text = event.detail.xhr.responseText;
    if (/^\s*<!doctype/i.test(text)) { stopped = true; return; } // signed out: the page stays as it is
    if (text === shown || shown !== null && items.contains(document.activeElement)) { event.detail.shouldSwap = false; return; }
    const before = shown === null ? null : bell.querySelector("[data-total]")?.dataset.total;
    shown = text;
    items.addEventListener("htmx:afterSettle", () => {
      const now = bell.querySelector("[data-total]");
      if (before !== null && now && Number(now.dataset.total) > Number(before ?? 0)) status.textContent = now.dataset.words;
    }, { once: true });
  });
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, EVERY);
}
