/** What was kept, when all is over. */
import { createVault } from "../../src/crypto/vault.ts";
import type { Told } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import type { House, Incoming } from "../../src/platforms/platform.ts";
import { report } from "./person.ts";

/** The story of every report in the database. */
export async function storiesIn(core: Core): Promise<string[]> {
  const vault = createVault(core.keys);
  const rows = (await core.storage.read("reports").select("body")) as { body: Buffer }[];
  const told: string[] = [];
  for (const { body } of rows) told.push((await vault.open<Told>(body)).story ?? "");
  return told;
}

/** Opens mailboxes through the house, each as another person, and answers the story that is in it. */
export async function openMailboxes(core: Core): Promise<(receipt: string) => Promise<string | undefined>> {
  let house: House | undefined;
  await core.connect({
    name: "web",
    can: { ...consoleCan, formFields: 20 },
    open: async (given) => {
      house = given;
    },
    send: async () => ({ ok: true }),
    close: async () => {},
  });
  let events = 0;
  return async (receipt) => {
    const from = { platform: "web", id: `prober-${receipt}` };
    const hear = (input: Incoming["input"]) => house!.hear({ id: `probe-${events++}`, from, locale: "en", input });
    const asked = await hear({ kind: "command", name: "mailbox", rest: "" });
    const opened = await hear({ kind: "form", value: asked!.form!.send.value, values: { receipt } });
    const told = opened?.buttons?.find((b) => b.value.endsWith(".told"));
    if (!told) return undefined;
    const shown = await hear({ kind: "choice", value: told.value });
    return shown?.quotes?.find((q) => q.by === report.field.story)?.text;
  };
}
