/** A file is destroyed by two who sit on different chat networks, by the buttons that are drawn there; and on a page that offered it before. */
import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { consoleCan } from "../../src/platforms/console.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import { filesWithList, invited, type Network, network } from "../support/caller.ts";
import { type Client, clients } from "../support/clients.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";

describe("a file that is destroyed by two, on each network", function () {
  this.timeout(60_000);
  let wired: Networks;
  let filing: Network;
  const people: Record<string, Client> = {};
  const t = (key: string, values?: Record<string, string | number>) => wired.service.core.words.say("en", key, values);
  const kept = () => readdirSync(join(wired.home.home, "files", "kept")).length;

  before(async () => {
    wired = await onBothNetworks({ unpaced: true });
    const { core } = wired.service;
    filing = await network(core, "console", consoleCan);
    for (const [on, alias] of [
      ["telegram", "Heron"],
      ["discord", "Owl"],
    ] as const) {
      people[on] = await clients[on](wired, "en");
      await people[on].join(await invited(core, "deputy"), alias);
    }
  });
  after(() => wired.close());

  for (const [one, two, alias] of [
    ["telegram", "discord", "Heron"],
    ["discord", "telegram", "Owl"],
  ] as const)
    it(`asked on ${one}, confirmed on ${two}`, async () => {
      const { core } = wired.service;
      const [asker, second] = [people[one]!, people[two]!];
      const { code } = await filesWithList(core, filing);

      await asker.command("queue");
      await asker.press(asker.holding(code));
      for (const key of ["review:card.claim", "review:card.life", "four:button", "four:ask.shred"])
        await asker.press(t(key));
      await asker.press(asker.holding(t("files:kind.text")));
      const sure = await asker.press(t("four:shred.reason.others"));
      assert.ok(sure.includes(t("four:about.shred", { code, number: 1 })), sure);
      assert.ok((await asker.press(t("four:sure.ask"))).includes(t("four:sure.asked")));
      const before = kept();

      await core.delivered();
      await second.command("queue");
      await second.press(t("four:queue", { count: 1 }));
      const request = await second.press(second.holding(code));
      for (const words of [alias, t("four:shred.reason.others"), t("files:kind.text")])
        assert.ok(request.includes(words), request);
      const done = await second.press(t("four:request.confirm"));
      assert.ok(done.includes(t("four:done.shred", { code })), done);
      assert.equal(kept(), before - 1);

      await core.delivered();
      await asker.command("queue");
      await asker.press(asker.holding(code));
      await asker.press(t("review:card.read"));
      const read = await asker.press(t("review:conflict.clear"));
      assert.ok(read.includes(t("review:read.shredded", { count: 1, numbers: "1" })), read);
      assert.ok(!read.includes("[File 1"), read);
    });

  it("a page that was drawn before still offers it, and then says that there is no such file; nobody is alarmed", async () => {
    const { core } = wired.service;
    const row = await filesWithList(core, filing);

    const crane = new Visitor(wired.service.page, { "accept-language": "en" });
    const begins = async (path: string) => {
      await crane.get(path);
      const form = crane.page!.forms.at(-1)!;
      await crane.submit(form, form.controls.at(-1));
    };
    await begins(`/join/${await invited(core, "reviewer")}`);
    const passphrase = "quiet water under reeds";
    await crane.fill({ alias: "Crane", passphrase, again: passphrase });
    await begins("/queue");
    const buttons = () => crane.page!.forms.flatMap((form) => form.controls.map((control) => control.label));
    await crane.press(buttons().find((label) => label.includes(row.code))!);
    for (const key of ["review:card.read", "review:conflict.clear"]) await crane.press(t(key));
    await crane.press(buttons().find((label) => label.startsWith("File 1"))!);
    const { href } = crane.page!.links.find((link) => link.href.startsWith("/file/"))!;

    const [file] = await core.reports.files(row.id);
    await core.storage.transaction(core.reports.shred((await core.reports.byId(row.id))!, 1));
    rmSync(join(wired.home.home, "files", "kept", file!.blob.id));
    const before = wired.home.notes.length;
    const answer = await crane.get(href);
    assert.equal(answer.status, 404);
    assert.ok(answer.text.includes(t("web:missing.title")), answer.text);
    assert.deepEqual(wired.home.notes.slice(before), []);
  });
});
