// @ts-check
import { drawCharts, loadCharts } from "./charts.js";
import { morph } from "./morph.js";

/** Keeps the page up to date while somebody looks at it. */

const LIMIT_MS = 30_000;
/** The history has a value in 15 s: charts are brought up to date by each third update. */
const CHARTS_EACH = 3;
/** The parts that change. */
const PARTS = ["status", "live", "taken"];

let search = location.search;
/** @type {number | undefined} */
let timer;
/** The number of the latest update: what an older one brings comes too late. */
let latest = 0;

/**
 * The page as it is now. A document that is loaded so runs no scripts.
 * @returns {Promise<Document>}
 */
function load() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.timeout = LIMIT_MS;
    request.open("GET", `./${search}`);
    request.onload = () =>
      request.status === 200 && request.response
        ? resolve(request.response)
        : reject(new Error(`The exporter answers with status ${request.status}`));
    request.onerror = () => reject(new Error("The exporter doesn't answer"));
    request.ontimeout = request.onerror;
    request.send();
  });
}

/** How long the exporter wants to be left alone: longer where many look at it. */
function pace() {
  return Number(document.getElementById("live")?.dataset.pace) || LIMIT_MS;
}

async function update() {
  clearTimeout(timer);
  latest += 1;
  const number = latest;
  try {
    const [next] = await Promise.all([load(), number % CHARTS_EACH === 0 ? loadCharts() : undefined]);
    if (number !== latest) return;
    for (const id of PARTS) {
      const [part, changed] = [document.getElementById(id), next.getElementById(id)];
      if (part && changed) morph(part, changed);
    }
    drawCharts();
    tell("");
  } catch (error) {
    if (number === latest) tell(error instanceof Error ? error.message : String(error));
  }
  if (number === latest && !document.hidden) timer = setTimeout(update, pace());
}

/**
 * Shows why the figures are old; they stay, with their time.
 * @param {string} why
 */
function tell(why) {
  const line = document.getElementById("lost");
  if (!line) return;
  const text = why === "" ? "" : `${why}. The figures are those of the time below.`;
  if (line.textContent !== text) line.textContent = text;
  document.documentElement.classList.toggle("lost", why !== "");
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-range]") : null;
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  search = link.search;
  history.replaceState(null, "", `./${search}`);
  for (const one of document.querySelectorAll("a[data-range]")) one.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  drawCharts();
  void update();
});

// While nobody looks, nothing is asked for.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void update();
});
// Colours are taken when a chart is made.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawCharts(true));

void loadCharts()
  .then(() => drawCharts())
  .catch(() => {});
timer = setTimeout(update, pace());
