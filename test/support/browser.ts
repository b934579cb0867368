/** The system's Chromium, for tests that look at pages; absent where there is none, and then those tests are skipped. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Why a browser test is skipped. */
export const noBrowser = "no Chromium found: install it (Debian: chromium, fonts-noto-cjk) or set CHROMIUM_PATH";

/** The path of a Chromium, if there is one. */
export function findChromium(): string | undefined {
  return places.find((path) => path !== undefined && path !== "" && existsSync(path));
}

/**
 * Starts a browser with a fresh profile that talks to nobody by itself and reaches nothing beyond this machine;
 * `undefined` where none is installed.
 */
export async function launchBrowser(): Promise<Browser | undefined> {
  const executablePath = findChromium();
  if (!executablePath) return undefined;
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ],
  });
}
