// @ts-check
import { drawCharts, loadCharts } from "./charts.js";
import { morph } from "./morph.js";

/** Updates the page while it is visible. */

const LIMIT_MS = 30_000;
/** The history has one value in 15 s, so charts are updated with each third update. */
const CHARTS_EACH = 3;
/** Ids of the parts that change. */
const PARTS = ["status", "live", "taken"];

let search = location.search;
/** @type {number | undefined} */
let timer;
/** Number of the latest update. Results of older ones are ignored. */
let latest = 0;

/**
 * Requests the current page. Scripts of the parsed document don't run.
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

/** Time until the next update. The exporter increases it with the number of viewers. */
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
    showProblem("");
  } catch (error) {
    if (number === latest) showProblem(error instanceof Error ? error.message : String(error));
  }
  if (number === latest && !document.hidden) timer = setTimeout(update, pace());
}

/**
 * Shows why the values aren't updated. They stay on the page.
 * @param {string} why
 */
function showProblem(why) {
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

// No requests while the page is hidden.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void update();
});
// Colours are set when a chart is created.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawCharts(true));

void loadCharts()
  .then(() => drawCharts())
  .catch(() => {});
timer = setTimeout(update, pace());
