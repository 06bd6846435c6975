import { type Family, type Labels, type MetricType, type Sample, seriesName } from "./metric.ts";

/** A violation of the rules of OpenMetrics 1.0, and its sample. */
export type Fault = { readonly sample: Sample; readonly message: string };

/**
 * Checks the values and labels of a family by the rules of OpenMetrics 1.0 for its type; undefined if it is valid. Names and bounds
 * must be well-formed, and samples with the same labels consecutive.
 */
export function faultOf(family: Family): Fault | undefined {
  for (const sample of family.samples) {
    const message = faultOfSample(family, sample);
    if (message !== undefined) return { sample, message };
  }
  if (!["histogram", "gaugehistogram"].includes(family.type)) return undefined;
  for (const point of pointsOf(family)) {
    const message = faultOfPoint(family, point);
    if (message !== undefined && point[0]) return { sample: point[0], message };
  }
  return undefined;
}

function faultOfSample(family: Family, { labels, value, suffix }: Sample): string | undefined {
  const name = seriesName(family, suffix);
  const found = `found ${name} of ${value}`;
  if (suffix === "_created") return Number.isFinite(value) ? undefined : `${found}, wanted a time`;
  switch (family.type) {
    case "counter":
      return value >= 0 ? undefined : `${found}, wanted a counter of 0 or more`;
    case "info":
      return value === 1 ? undefined : `${found}, wanted an info of 1`;
    case "stateset":
      if (!Object.hasOwn(labels, family.name)) return `found no label ${family.name}, wanted the state of the stateset`;
      return value === 0 || value === 1 ? undefined : `${found}, wanted a state of 0 or 1`;
    case "summary":
      if (suffix !== undefined) return value >= 0 ? undefined : `${found}, wanted 0 or more`;
      return isQuantile(labels) && !(value < 0)
        ? undefined
        : `${found}, wanted a quantile between 0 and 1, of 0 or more`;
    case "histogram":
    case "gaugehistogram":
      if (suffix === "_sum" || suffix === "_gsum")
        return Number.isNaN(value) && suffix === "_sum" ? `${found}, wanted a sum` : undefined;
      return value >= 0 ? undefined : `${found}, wanted a count of 0 or more`;
    default:
      return undefined;
  }
}

function isQuantile({ quantile }: Labels): boolean {
  const bound = Number(quantile);
  return bound >= 0 && bound <= 1;
}

/** The label with the bound of a sample, if it has one. Other parts of the histogram or summary don't have it. */
export function boundLabel(type: MetricType, suffix: Sample["suffix"]): "le" | "quantile" | undefined {
  if (suffix === "_bucket") return "le";
  return type === "summary" && suffix === undefined ? "quantile" : undefined;
}

/** The labels of a sample without its bound. They are the same for all parts of a histogram or summary. */
export function pointLabels(type: MetricType, { labels, suffix }: Sample): Labels {
  const bound = boundLabel(type, suffix);
  if (bound === undefined) return labels;
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== bound));
}

/** Whether two samples have the same labels, apart from their bounds. */
export function isSamePoint(type: MetricType, one: Sample, other: Sample): boolean {
  const [bound, otherBound] = [boundLabel(type, one.suffix), boundLabel(type, other.suffix)];
  let more = 0;
  for (const name in one.labels) {
    if (name === bound) continue;
    if (one.labels[name] !== other.labels[name] || name === otherBound) return false;
    more += 1;
  }
  for (const name in other.labels) if (name !== otherBound) more -= 1;
  return more === 0;
}

/** Groups samples by labels and timestamp. */
function pointsOf({ type, samples }: Family): readonly (readonly Sample[])[] {
  const points: Sample[][] = [];
  let before: Sample | undefined;
  for (const sample of samples) {
    if (before?.timestampMs === sample.timestampMs && before && isSamePoint(type, before, sample))
      points.at(-1)?.push(sample);
    else points.push([sample]);
    before = sample;
  }
  return points;
}

function faultOfPoint(family: Family, point: readonly Sample[]): string | undefined {
  const of = (suffix: Sample["suffix"]) => point.find((sample) => sample.suffix === suffix)?.value;
  const buckets = point
    .filter(({ suffix }) => suffix === "_bucket")
    .map(({ labels, value }) => ({ le: boundOf(labels), value }));
  const last = buckets.at(-1);
  if (last?.le !== Number.POSITIVE_INFINITY) return `found no last bucket of ${family.name} with le="+Inf", wanted one`;
  for (const [i, bucket] of buckets.entries()) {
    const before = buckets[i - 1];
    if (before && !(before.le < bucket.le && before.value <= bucket.value)) {
      return `found bucket le="${bucket.le}" of ${bucket.value} after le="${before.le}" of ${before.value}, wanted buckets that grow`;
    }
  }
  const isGauge = family.type === "gaugehistogram";
  const count = of(isGauge ? "_gcount" : "_count");
  const sum = of(isGauge ? "_gsum" : "_sum");
  if ((count === undefined) !== (sum === undefined))
    return `found a sum or a count of ${family.name}, wanted both or none`;
  if (count !== undefined && count !== last.value)
    return `found a count of ${count} and a bucket le="+Inf" of ${last.value}, wanted the same`;
  const isBelow = (buckets[0]?.le ?? 0) < 0;
  if (!isGauge && isBelow && sum !== undefined) return `found a sum with buckets below 0, wanted none`;
  if (isGauge && !isBelow && sum !== undefined && sum < 0)
    return `found a sum of ${sum} without buckets below 0, wanted 0 or more`;
  return undefined;
}

function boundOf({ le }: Labels): number {
  return le === "+Inf" || le === "Inf" ? Number.POSITIVE_INFINITY : Number(le);
}
