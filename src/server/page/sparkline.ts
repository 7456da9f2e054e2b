import { html as markup } from "hono/html";
import { grouped } from "./words.ts";

const HEIGHT = 16;

/** The last sixty minutes as a small picture, whose text says what is to be seen; nothing when nothing came. */
export function sparkline(minutes: readonly number[]) {
  if (minutes.length === 0) return "";
  const most = Math.max(...minutes);
  const sum = minutes.reduce((total, count) => total + count, 0);
  const says = `${grouped(sum)} records in the last hour, at most ${grouped(most)} in a minute`;
  return markup`<svg class="spark" viewBox="0 0 60 ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${says}"><path d="${
    bars(minutes, most)
  }"/></svg>`;
}

/** One bar for each minute in which something came. */
function bars(minutes: readonly number[], most: number): string {
  return minutes.map((count, minute) => {
    if (count === 0) return "";
    const height = Math.max(1, Math.round(count / most * HEIGHT));
    return `M${minute} ${HEIGHT}v-${height}h1v${height}z`;
  }).join("");
}
