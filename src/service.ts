/** A running service: the house with every platform that the configuration names, its figures, and its hourly sweep. */
import { createServer } from "node:http";
import type { Config } from "./config.ts";
import { codeOf } from "./errors.ts";
import type { Figures } from "./log.ts";
import { type Core, type CoreOptions, openCore } from "./main.ts";
import type { Platform } from "./platforms/platform.ts";

export interface Service {
  core: Core;
  page: string;
  /** The path of a one-time link that makes the first reviewer; only while there is none. */
  firstInvite?: string;
  close(): Promise<void>;
}

/** Databases up to this size (bytes) are looked over at each start; larger ones by the doctor. */
const quicklyChecked = 64_000_000;
/** How often what is over is forgotten (milliseconds). */
const sweepEvery = 3_600_000;
/** How often it is looked who is due for a tip (milliseconds). */
const tickEvery = 20_000;

/**
 * Starts everything that the configuration names. Platforms are loaded when they are wanted, so that one that is not
 * costs neither memory nor time. Throws `port-taken` and whatever `openCore` throws.
 */
export async function startService(config: Config, options: CoreOptions): Promise<Service> {
  const core = await openCore(config, { ...options, serving: true });
  const failed = async (error: unknown): Promise<never> => {
    await core.close();
    throw error;
  };
  if ((await core.storage.bytes()) < quicklyChecked) await core.storage.check().catch(failed);
  const { web } = await import("./platforms/web.tsx");
  const routes: NonNullable<Parameters<typeof web>[0]["routes"]> = [];
  const page = web({
    listen: config.listen,
    routes,
    visitSecret: core.keys.derive("web visits"),
    exit: config.exitUrl,
    ...(config.publicUrl ? { publicUrl: config.publicUrl } : {}),
  });
  await core.connect(page).catch(failed);
  core.setPage(page.url);

  const others: Platform[] = [];
  if (config.telegram) {
    const { telegram } = await import("./platforms/telegram/index.ts");
    const platform = telegram({ ...config.telegram, page: page.url });
    if (platform.webhook) routes.push({ method: "POST", path: "/telegram", handle: platform.webhook });
    others.push(platform);
  }
  if (config.discord) {
    const { discord } = await import("./platforms/discord/index.ts");
    others.push(discord(config.discord));
  }
  for (const platform of others) {
    // one platform's failure never takes another down
    await core.connect(platform).catch(() => options.note("platform-unreachable", { platform: platform.name }));
  }

  core.start();
  const figures = config.metricsListen
    ? await showFigures(config.metricsListen, core.figures).catch(failed)
    : undefined;
  const tend = () => core.tend().catch((error: unknown) => options.note("tend-failed", { code: codeOf(error) }));
  void tend();
  const timer = setInterval(
    () =>
      tend()
        .then(() => core.sweep())
        .catch((error: unknown) => options.note("sweep-failed", { code: codeOf(error) })),
    sweepEvery,
  );
  timer.unref();
  const ticker = setInterval(
    () => core.tick().catch((error: unknown) => options.note("tick-failed", { code: codeOf(error) })),
    tickEvery,
  );
  ticker.unref();
  const firstInvite = await inviteFirst(core).catch(failed);
  return {
    core,
    page: page.url,
    ...(firstInvite ? { firstInvite } : {}),
    async close() {
      clearInterval(timer);
      clearInterval(ticker);
      await figures?.();
      await core.close();
    },
  };
}

/** The link that makes the first reviewer, made anew at each start until there is one. */
async function inviteFirst(core: Core): Promise<string | undefined> {
  if ((await core.people.list()).length > 0) return undefined;
  const code = core.people.newInvite();
  await core.storage.transaction(core.people.firstInvite(code, Math.floor(Date.now() / 86_400_000) + 7));
  return `/join/${code}`;
}

async function showFigures(listen: string, figures: Figures): Promise<() => Promise<void>> {
  const url = new URL(`http://${listen}`);
  const server = createServer(async (_request, response) => {
    response.setHeader("content-type", figures.registry.contentType);
    response.end(await figures.registry.metrics());
  });
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen(Number(url.port || 80), url.hostname.replace(/^\[|\]$/g, ""), resolve),
  );
  return () => new Promise((resolve) => server.close(() => resolve()));
}
