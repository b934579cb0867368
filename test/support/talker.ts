/** Somebody at the console platform, driven by a test: types lines, reads what is answered. */
import { PassThrough, Writable } from "node:stream";
import type { Core } from "../../src/main.ts";
import { terminal } from "../../src/platforms/console.ts";

export interface Talker {
  /** Types a line and answers what is shown. */
  say(line: string): Promise<string>;
  /** Presses the choice with this label in what was shown last. */
  press(label: string): Promise<string>;
  /** What has come by itself since then. */
  came(): string;
  /** All that was shown last. */
  shown(): string;
  /** The whole talk, with `> ` before what was typed. */
  transcript(): string;
  leave(): Promise<void>;
}

/** Joins the house as one more person at a console. */
export async function talker(core: Core, person = "me", locale = "en"): Promise<Talker> {
  const input = new PassThrough();
  let all = "";
  let fresh = "";
  const output = new Writable({
    write(chunk, _encoding, done) {
      fresh += chunk.toString();
      done();
    },
  });
  const platform = terminal({ input, output, person, locale });
  let idle: () => void = () => {};
  const connected = {
    ...platform,
    open: (house: Parameters<typeof platform.open>[0]) =>
      platform.open({
        ...house,
        hear: async (incoming) => {
          const mine = idle;
          const screen = await house.hear(incoming);
          setImmediate(() => setImmediate(mine)); // after it has been drawn
          return screen;
        },
      }),
  };
  await core.connect(connected);
  const drain = (): string => {
    all += fresh;
    const now = fresh;
    fresh = "";
    return now;
  };
  let last = drain();

  const say = async (line: string): Promise<string> => {
    all += `> ${line}\n`;
    const answered = new Promise<void>((resolve) => (idle = resolve));
    input.write(`${line}\n`);
    await answered;
    last = drain();
    return last;
  };
  return {
    say,
    press(label) {
      // what came out of the blue stands below, and its numbers count
      const found = (fresh || last)
        .split("\n")
        .find((l) => /^ +\d+ {2}(\[.\] )?/.test(l) && l.replace(/^ +\d+ {2}(\[.\] )?/, "").startsWith(label));
      if (!found) throw new Error(`nothing to press is called “${label}” in:\n${last}`);
      return say(found.trim().split(" ")[0]!);
    },
    came() {
      last = drain();
      return last;
    },
    shown: () => last,
    transcript: () => all,
    leave: () => platform.close(),
  };
}
