/** A running service: the house with the platforms that its roles name, its figures, and its clocks. */
import { type Config, pageOf } from "./config.ts";
import { tipsShown } from "./desk/tips.ts";
import { codeOf } from "./errors.ts";
import { addFigures, showHealth, watchReach } from "./health.ts";
import { type Core, type CoreOptions, hour, openCore } from "./main.ts";
import { overwrite, type Reader, readByFetch } from "./overwrite.ts";
import type { Platform } from "./platforms/platform.ts";
import type { Route } from "./platforms/web/ground.ts";
import type { Role } from "./settings.ts";

export interface Service {
  core: Core;
  /** The address of the web page, whichever process serves it. */
  page: string;
  /** The path of a one-time link that makes the first reviewer; only while there is none. */
  firstInvite?: string;
  /** Forgets what is over, in the house and in the memory of this process; done once an hour by itself. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** Databases up to this size (bytes) are looked over at each start; larger ones by the doctor. */
const quicklyChecked = 64_000_000;
/** How often it is looked whether something is due that one process does for all (milliseconds). */
const lookEvery = 60_000;
/** How often it is looked who is due for a tip (milliseconds). */
const tickEvery = 20_000;

/**
 * Starts everything that the configuration names and the roles of this process ask for. Platforms are loaded when they are wanted, so that one that is not
 * costs neither memory nor time. Throws `port-taken`, `port-refused` and whatever `openCore` throws.
 */
export async function startService(config: Config, given: CoreOptions): Promise<Service> {
  // small texts would share pieces of memory with what lives for long, and stay there for as long
  Buffer.poolSize = 0;
  const reach = watchReach(given.note);
  const options = { ...given, note: reach.note };
  const core = await openCore(config, { ...options, serving: true });
  addFigures(core, config, reach);
  const failed = async (error: unknown): Promise<never> => {
    await core.close();
    throw error;
  };
  if ((await core.storage.bytes()) < quicklyChecked) await core.storage.check().catch(failed);
  const is = (role: Role): boolean => config.roles.includes(role);
  const courier = is("courier");
  const hooked = is("telegram") && config.telegram?.webhook !== undefined;
  const routes: Route[] = [];
  let address = pageOf(config);
  if (is("web") || hooked) {
    const { web } = await import("./platforms/web.tsx");
    const page = web({
      listen: config.listen,
      routes,
      pages: is("web"),
      visitSecret: core.keys.derive("web visits"),
      exit: config.exitUrl,
      tips: tipsShown(core.tips),
      ...(config.publicUrl ? { publicUrl: config.publicUrl } : {}),
      ...(config.onionUrl ? { onionUrl: config.onionUrl } : {}),
    });
    await core.connect(page).catch(failed);
    address = page.url;
  }
  core.setPage(address);

  const others: { platform: Platform; silent: boolean }[] = [];
  if (config.telegram && (is("telegram") || courier)) {
    const { telegram } = await import("./platforms/telegram/index.ts");
    const platform = telegram({ ...config.telegram, page: address });
    if (hooked && platform.webhook) routes.push({ method: "POST", path: "/telegram", handle: platform.webhook });
    others.push({ platform, silent: !is("telegram") });
  }
  if (config.discord && (is("discord") || courier)) {
    const { discord } = await import("./platforms/discord/index.ts");
    others.push({ platform: discord(config.discord), silent: !is("discord") });
  }
  for (const { platform, silent } of others) {
    // one platform's failure never takes another down
    await core.connect(platform, silent).catch(() => options.note("platform-unreachable", { platform: platform.name }));
  }

  if (courier) core.start();
  const figures = config.metricsListen ? await showHealth(config.metricsListen, core).catch(failed) : undefined;
  const tend = () =>
    core.clocks
      .run("tend", hour, core.tend)
      .catch((error: unknown) => options.note("tend-failed", { code: codeOf(error) }));
  void tend();
  const looker = setInterval(tend, lookEvery);
  looker.unref();
  const readers: Reader[] = [readByFetch, ...others.flatMap(({ platform: { read } }) => read ?? [])];
  const sweep = async (): Promise<void> => {
    try {
      await core.sweep();
    } finally {
      // also while the database is away
      await overwrite(readers);
    }
  };
  const sweeper = setInterval(
    () => sweep().catch((error: unknown) => options.note("sweep-failed", { code: codeOf(error) })),
    hour,
  );
  sweeper.unref();
  const ticker = setInterval(
    () => core.tick().catch((error: unknown) => options.note("tick-failed", { code: codeOf(error) })),
    tickEvery,
  );
  ticker.unref();
  const firstInvite = is("web") ? await inviteFirst(core).catch(failed) : undefined;
  return {
    core,
    page: address,
    ...(firstInvite ? { firstInvite } : {}),
    sweep,
    async close() {
      for (const timer of [looker, sweeper, ticker]) clearInterval(timer);
      await figures?.();
      await core.close();
    },
  };
}

/** The link that makes the first reviewer, made anew at each start until there is one. */
async function inviteFirst(core: Core): Promise<string | undefined> {
  const code = core.people.newInvite();
  const lastDay = Math.floor(Date.now() / 86_400_000) + 7;
  const made = await core.storage.transaction((trx) => core.people.firstInvite(trx, code, lastDay));
  return made ? `/join/${code}` : undefined;
}
