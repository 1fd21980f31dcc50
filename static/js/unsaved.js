// What is typed into a draft is kept on the server until it is saved, and the page says that it is open, so that
// others see it. Only where that fails a person who leaves the page is asked.
const form = document.getElementById("review-form");
const state = document.getElementById("unsaved-state");
const others = document.getElementById("unsaved-others");
const PAUSE = 1500;
const OPEN_AGAIN = 40000;
const LONGEST = 15000;
const LARGEST_WHEN_LEAVING = 60000;
let isDirty = false;
let isRefused = false;
let isAskedAgain = false;
let running = null;
let timer;

async function keep(isLeaving = false) {
  if (form.dataset.sent) return;
  clearTimeout(timer);
  // One after the other, so that older text never arrives after newer; whoever leaves doesn't wait.
  if (running && !isLeaving) { isAskedAgain = true; return; }
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const slow = setTimeout(() => mine.abort(), LONGEST);
  const body = new URLSearchParams(new FormData(form));
  const wasDirty = isDirty;
  isDirty = false;
  try {
    const keepalive = isLeaving && String(body).length < LARGEST_WHEN_LEAVING;
    const response = await fetch(form.dataset.keep, {
      method: "POST", body, keepalive, redirect: "manual", signal: mine.signal,
    });
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    state.innerHTML = answer.kept;
    if (others.innerHTML.trim() !== answer.others.trim()) others.innerHTML = answer.others;
    isRefused = !answer.is_kept;
  } catch {
    isDirty = wasDirty || isDirty;
    if (running === mine) {
      isRefused = isDirty;
      if (isDirty) state.textContent = form.dataset.notKept;
    }
  }
  clearTimeout(slow);
  if (running !== mine) return;
  running = null;
  if (isAskedAgain) {
    isAskedAgain = false;
    keep();
  }
}

form.addEventListener("input", () => {
  isDirty = true;
  clearTimeout(timer);
  timer = setTimeout(() => keep(), PAUSE);
});
form.addEventListener("change", () => { if (isDirty) keep(); });
document.addEventListener("visibilitychange", () => { if (document.hidden && isDirty) keep(true); });
window.addEventListener("beforeunload", (event) => {
  if (form.dataset.sent || !(isDirty || isRefused)) return;
  if (isRefused || String(new URLSearchParams(new FormData(form))).length >= LARGEST_WHEN_LEAVING) event.preventDefault();
  keep(true);
});
setInterval(() => keep(), OPEN_AGAIN);
keep();
