/**
 * A host of many: a whole Quietline with every role, which opens everything when it is told `go`; `look` has it look what is
 * due, as it does once in a while; `stop` is a rolling restart. Arguments: the address of `service`, the configuration (JSON).
 */
const [, , main = "", config = ""] = process.argv;
/** @param {object} word */
const say = (word) => process.connected && process.send?.(word);
const { startService } = await import(main);
const built = main.endsWith(".js");
for (const room of [
  built ? "platforms/web.js" : "platforms/web.tsx",
  built ? "platforms/telegram/index.js" : "platforms/telegram/index.ts",
])
  await import(new URL(room, main).href);
await import("pg");
await import("redis");
say({ loaded: true });
process.on("disconnect", () => process.exit());
/** @type {any} */
let service;
/** @param {string} code @param {Record<string, string | number>} [values] */
const note = (code, values = {}) => say({ note: code, ...values });
process.on("message", async (word) => {
  if (word === "stop") {
    await service?.close();
    process.exit();
  }
  if (word === "look") {
    const { core } = service;
    // what fails (its database is away) is looked at again another time
    await Promise.allSettled([core.tick(), core.clocks.run("tend", 3_600_000, core.tend)]);
    return;
  }
  try {
    service = await startService(JSON.parse(config), { note });
    say({ ready: true });
    // whoever comes up looks at once who is due
    await service.core.tick();
  } catch (error) {
    say({ failed: error instanceof Error ? ("code" in error ? error.code : error.name) : "unknown" });
  }
});
process.on("unhandledRejection", (error) =>
  note("unhandled", { error: error instanceof Error ? error.name : "unknown" }),
);
