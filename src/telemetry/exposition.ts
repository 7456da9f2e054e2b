/** Measured values as text: Prometheus' own format (0.0.4), and OpenMetrics 1.0 for who asks for it. */
import type { Distribution } from "./histogram.ts";
import { type Measured, type Metric, type MetricName, metrics, type Sample } from "./metrics.ts";

/** A text format. */
export interface Exposition {
  /** Its media type. */
  readonly contentType: string;
  /** Metrics without a sample are left out. */
  readonly format: (measured: Partial<Measured>) => string;
}

/** prometheus.io/docs/instrumenting/exposition_formats */
export const prometheusText: Exposition = {
  contentType: "text/plain; version=0.0.4; charset=utf-8",
  format: (measured) =>
    families(measured, (name, { type, help }) => `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`),
};

/** A counter's family has no `_total` there, quotes of a help are escaped, and a last line says that it is whole. */
export const openMetrics: Exposition = {
  contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  format: (measured) =>
    families(measured, (name, { type, help }) => {
      const family = type === "counter" ? name.replace(/_total$/, "") : name;
      return `# HELP ${family} ${quoteless(help)}\n# TYPE ${family} ${type}\n`;
    }) + "# EOF\n",
};

/** The format for a request: OpenMetrics where its Accept header names it before any other that we have. */
export function expositionFor(accept: string | null): Exposition {
  const ranges = (accept ?? "").split(",").map(mediaRange);
  const weight = (type: string) => ranges.find((range) => range.type === type)?.quality ?? 0;
  const asked = weight("application/openmetrics-text");
  return asked > 0 && asked >= weight("text/plain") ? openMetrics : prometheusText;
}

function mediaRange(text: string): { readonly type: string; readonly quality: number } {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
}

function families(measured: Partial<Measured>, head: (name: string, metric: Metric) => string): string {
  const labelSets = new Map<Sample["labels"], string>();
  /** A stream has the same labels in many metrics: thousands of streams are written once. */
  const labelsOf = (labels: Sample["labels"]) => {
    const known = labelSets.get(labels) ?? labelSet(labels);
    labelSets.set(labels, known);
    return known;
  };
  let text = "";
  for (const [name, metric] of Object.entries(metrics)) {
    const samples = measured[name as MetricName] ?? [];
    if (samples.length > 0) text += head(name, metric);
    for (const { labels, value } of samples) {
      text += typeof value === "number"
        ? `${name}${labelsOf(labels)} ${number(value)}\n`
        : buckets(name, labels, value);
    }
  }
  return text;
}

/** The samples of a histogram: each bucket counts what is in those below it, too. */
function buckets(name: string, labels: Sample["labels"], { bounds, counts, sum }: Distribution): string {
  let count = 0;
  const lines = counts.map((own, at) => {
    count += own;
    return `${name}_bucket${labelSet({ ...labels, le: boundText(bounds[at]) })} ${count}\n`;
  });
  const set = labelSet(labels);
  return `${lines.join("")}${name}_sum${set} ${number(sum)}\n${name}_count${set} ${count}\n`;
}

/** As OpenMetrics writes it, in both formats: the label tells series apart. */
function boundText(bound: number | undefined): string {
  if (bound === undefined) return "+Inf";
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
}

function labelSet(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${quoteless(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(text: string): string {
  return text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
}

function quoteless(text: string): string {
  return escaped(text).replace(/"/g, '\\"');
}

function number(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}
