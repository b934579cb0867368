/** The process that `ahead.ts` starts: learns, keeps what it learnt, ends; and ends at once when the service does. */
import { setPriority } from "node:os";
import { createKnowledge } from "./knowledge.ts";

process.on("disconnect", () => process.exit());
const [from, cache] = process.argv.slice(2);
if (from && cache) {
  setPriority(15);
  // faults of the content are told by the service, to whoever asks and by the doctor
  await createKnowledge(from, cache).catch(() => {});
}
process.exit();
