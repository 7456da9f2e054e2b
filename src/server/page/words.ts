/** Figures as they are read on the page. */
import { durationInWords } from "../../telemetry/duration.ts";

/** "2 min ago", or "in 40 s"; "now" within a second. */
export function relative(time: string, now: string): string {
  const seconds = (Date.parse(time) - Date.parse(now)) / 1000;
  if (Math.abs(seconds) < 1) return "now";
  return seconds > 0 ? `in ${durationInWords(seconds)}` : `${durationInWords(-seconds)} ago`;
}

/** A whole number with its thousands apart. */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A rate: with one decimal where that says something. */
export function rate(perMinute: number): string {
  if (perMinute === 0 || perMinute >= 9.95) return grouped(perMinute);
  return perMinute < 0.1 ? "< 0.1" : perMinute.toFixed(1);
}

/** "1 stream", "5 streams". */
export function counted(count: number, thing: string): string {
  return `${grouped(count)} ${thing}${count === 1 ? "" : "s"}`;
}
