// uplot.js is the package uplot, as it is served beside the other scripts.
import uPlot from "uplot";
export { uPlot as default };
