/** A real Chromium for tests of pages, where there is one. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import axe, { type AxeResults } from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { onDeno } from "./project.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The program of `$CHROMIUM`, or the first on the path; `null` where there is none, or where the tests run on Deno. */
export const chromiumPath: string | null = onDeno ? null : process.env["CHROMIUM"] || findOnPath();

/** Why tests that need a browser do not run; for who reads their names. */
export const whyNoBrowser = onDeno
  ? "(skipped: the browser is driven from Node)"
  : "(skipped: no Chromium: put chromium on the path, or name it by $CHROMIUM)";

function findOnPath(): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function openBrowser(): Promise<Browser> {
  // Its sandbox does not start as root, which is who runs tests in a container.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: chromiumPath!, args });
}

/** A page, and what it did that it should not. */
export interface WatchedPage {
  readonly page: Page;
  /** Requests to another origin, errors of scripts, and what the policy of the page refused. */
  readonly complaints: readonly string[];
  /** What axe finds, by rule and element. */
  findings(): Promise<string[]>;
}

/** Opens an address in a context of its own, with a clock that the test owns. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const complaints: string[] = [];
  const { origin } = new URL(url);
  context.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(`${origin}/`) && !asked.startsWith("data:")) complaints.push(`request to ${asked}`);
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A server that is gone is told by the page itself.
    if (!message.text().includes("net::ERR_CONNECTION_REFUSED")) complaints.push(message.text());
  });
  page.on("dialog", (dialog) => void dialog.dismiss().then(() => complaints.push("a dialog")));
  await page.clock.install();
  await page.goto(url);
  return {
    page,
    complaints,
    async findings() {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate("axe.run()") as AxeResults;
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
    },
  };
}
