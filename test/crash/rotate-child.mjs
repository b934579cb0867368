/**
 * An exchange of the key that kills itself. It loads its program and waits until it is told when to die: at the n-th step, a
 * step being a value sealed or looked over, or a file written, renamed or removed (before it and after it), or so many
 * milliseconds after a file was put in its place. Arguments: the address of `rotate`, the configuration (JSON).
 */
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const [, , main = "", config = ""] = process.argv;
let die = { step: Number.POSITIVE_INFINITY, late: Number.POSITIVE_INFINITY };
let steps = 0;
function step() {
  steps += 1;
  if (steps === die.step) process.kill(process.pid, "SIGKILL");
}
for (const name of ["rename", "link", "rm", "open", "mkdir"]) {
  /** @type {(...words: unknown[]) => Promise<unknown>} */
  const real = Reflect.get(fs, name);
  Object.assign(fs, {
    /** @param {unknown[]} words */
    async [name](...words) {
      step();
      const done = await real(...words);
      step();
      if (name === "rename")
        setTimeout(() => process.kill(process.pid, "SIGKILL"), Math.min(die.late, 2 ** 30)).unref();
      return done;
    },
  });
}
syncBuiltinESMExports();
const { rotate } = await import(main);
const { codeOf } = await import(main.replace(/rotate\.(\w)s$/, "errors.$1s"));
process.send?.({ loaded: true });
process.on("disconnect", () => process.exit());
process.on("message", async (/** @type {{ step?: number, late?: number }} */ told) => {
  die = { step: told.step ?? Number.POSITIVE_INFINITY, late: told.late ?? Number.POSITIVE_INFINITY };
  try {
    const { resumed } = await rotate(JSON.parse(config), { keep: "sealed" }, step);
    process.send?.({ done: true, resumed, steps });
  } catch (error) {
    process.send?.({ failed: codeOf(error) });
  }
});
