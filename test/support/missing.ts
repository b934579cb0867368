/** What a test needs from the machine. Where it is missing the test is skipped and says why; in CI nothing may be missing. */
import type { Context } from "mocha";

/** Skips the running test or suite with its reason. Fails instead where `QUIETLINE_TEST_ALL` is set. */
export function skipFor(test: Context, reason: string): never {
  if (process.env.QUIETLINE_TEST_ALL) throw new Error(`may not be skipped here: ${reason}`);
  process.stdout.write(`      (skipped: ${reason})\n`);
  test.skip();
  throw new Error("mocha has left the test");
}
