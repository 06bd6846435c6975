// uplot.js is the package uplot, which is served with the other scripts.
import uPlot from "uplot";
export { uPlot as default };
