/**
 * A whole service in a process of its own, whose memory may be looked into. It is told what to do by messages: `later`
 * moves its clock on by so many days and has it forget what is over; `heap` writes a snapshot of every object that lives.
 * Arguments: the address of `service`, the configuration (JSON), the folder of the drafts' keys.
 */
import { writeHeapSnapshot } from "node:v8";

const [, , main = "", config = "", dayKeyFolder = ""] = process.argv;
let ahead = 0;
const real = Date.now.bind(Date);
Date.now = () => real() + ahead;

const { startService } = await import(main);
const { createLog } = await import(main.replace(/service\.(\w)s$/, "log.$1s"));

/** @type {any} */
let service;
/** @type {Record<string, (value: any) => unknown>} */
const orders = {
  async start() {
    service = await startService(JSON.parse(config), { note: createLog(), dayKeyFolder, unpaced: true });
    return { page: service.page, invite: service.firstInvite };
  },
  delivered: () => service.core.delivered(),
  figures: () => service.core.figures.registry.metrics(),
  async later(days) {
    ahead += days * 86_400_000;
    for (let hours = 0; hours < 2; hours++) await service.sweep(); // what is nobody's twice is removed
  },
  heap: (path) => writeHeapSnapshot(path),
  async collect() {
    for (let round = 0; round < 3; round++) {
      globalThis.gc?.();
      await new Promise(setImmediate);
    }
  },
  close: () => service.close(),
};

process.on("disconnect", () => process.exit());
process.on("message", async (/** @type {{ id: number, order: string, value: unknown }} */ { id, order, value }) => {
  try {
    process.send?.({ id, answer: await orders[order]?.(value) });
  } catch (error) {
    process.send?.({ id, failed: error instanceof Error ? error.message : "unknown" });
  }
});
