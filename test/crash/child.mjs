/**
 * A whole Quietline to be killed. It loads its program first and opens nothing until it is told `go`, so that the
 * program of the next one is in memory when this one dies. Arguments: the address of `main`, the configuration (JSON),
 * the folder of the drafts' keys.
 */
const [, , main = "", config = "", dayKeyFolder = ""] = process.argv;
/** @param {object} word */
const say = (word) => process.send?.(word);
const { startService } = await import(main);
await import(main.replace(/main\.(\w)s$/, "platforms/web.$1sx").replace(".jsx", ".js"));
say({ loaded: true });
process.on("disconnect", () => process.exit());
process.on("message", async () => {
  try {
    await startService(JSON.parse(config), { note: () => {}, dayKeyFolder });
    say({ ready: true });
  } catch (error) {
    say({ failed: error instanceof Error ? ("code" in error ? error.code : error.name) : "unknown" });
  }
});
