/**
 * A whole case on every network, as the team sees it, kept beside this file: two reviewers and a deputy, from the first
 * look to the end. `UPDATE_TRANSCRIPTS=1 npx mocha test/transcripts/case.test.ts` writes them anew; read the difference
 * before you commit it.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { consoleCan } from "../../src/platforms/console.ts";
import { files, invited, type Network, network } from "../support/caller.ts";
import { type Client, clients, type Locale } from "../support/clients.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";

const said: Record<Locale, Record<"story" | "note" | "reply" | "better" | "end", string>> = {
  en: {
    story: "A clerk at the counter sells balances, 80 yuan each. He asks for the money by 13812345678.",
    note: "Same price as in the case of last week.",
    reply: "Thank you. Since when?",
    better: "Thank you. As far as you know, since when are balances on offer, and how often?",
    end: "The access was taken away and the police were told. Thank you for writing.",
  },
  "zh-CN": {
    story: "柜台有人卖客户余额，一条80元，让人打13812345678联系。",
    note: "价格和上周那份一样。",
    reply: "谢谢，从什么时候开始的？",
    better: "谢谢。就你所知，余额是从什么时候开始卖的，多久一次？",
    end: "已收回相关权限，并已向公安机关报案。谢谢你的举报。",
  },
};

describe("a whole case, on every network", function () {
  this.timeout(120_000);
  let wired: Networks;
  let filing: Network;
  let told = 0;

  before(async () => {
    wired = await onBothNetworks({}, { QUIETLINE_UNDO: "600" });
    filing = await network(wired.service.core, "console", consoleCan);
  });
  after(() => wired.close());
  // the next one is no second case of the same trade, and finds an empty desk
  afterEach(async () => {
    const { core } = wired.service;
    for (const { alias } of await core.people.list()) await core.suspend(alias, true);
    await core.storage.transaction(async (trx) => {
      for (const table of ["fingerprints", "requests", "replies"]) await trx(table).delete();
      await trx("reports").update({ waiting: 0 });
    });
  });

  for (const [name, enter] of Object.entries(clients))
    for (const locale of ["en", "zh-CN"] as const)
      it(`${name}, ${locale}`, async () => {
        const { core } = wired.service;
        const t = (key: string, values?: Record<string, string | number>) => core.words.say(locale, key, values);
        const label = (list: string, code: string) => t(`taxonomy:${list}.${code}`);
        const words = said[locale];
        const talk: string[] = [];
        const aliases = ["Heron", "Otter", "Owl"].map((alias) => `${alias} ${name[0]}${locale[0]}`);
        const [heron, otter, owl] = (await Promise.all(aliases.map(() => enter(wired, locale)))) as [
          Client,
          Client,
          Client,
        ];
        for (const [i, who] of [heron, otter, owl].entries()) {
          const role = i === 2 ? "deputy" : "reviewer";
          await who.join(await invited(core, role), aliases[i]!);
        }
        await files(filing.as(`reporter ${++told}`), words.story);
        const { code } = await core.storage.read("reports").where({ status: "received" }).first();
        const act = async (alias: number, did: string, shown: Promise<string>): Promise<string> => {
          const text = await shown;

          talk.push(`${aliases[alias]} > ${did}\n\n${text}`);
          return text;
        };
        const press = (alias: number, what: string) => act(alias, `[${what}]`, [heron, otter, owl][alias]!.press(what));
        const says = (shown: string, ...all: string[]) => {
          for (const one of all) assert.ok(shown.includes(one), `“${one}” is missing in:\n${shown}`);
        };

        // two see it, one is faster
        await act(0, "/queue", heron.command("queue"));
        await press(0, heron.holding(code));
        await otter.command("queue");
        await otter.press(otter.holding(code));
        says(await press(0, t("review:card.claim")), t("review:claimed"));
        says(await press(1, t("review:card.claim")), t("review:refused.taken", { by: aliases[0]! }));

        // read with care, noted, answered, taken back, answered better
        await press(0, t("review:card.read"));
        const read = await press(0, t("review:conflict.clear"));
        says(read, "138••••78");
        assert.ok(!read.includes("13812345678"));
        await press(0, t("four:note.button"));
        says(await act(0, words.note, heron.fill({ text: words.note })), words.note);
        await press(0, t("review:card.reply"));
        await act(0, words.reply, heron.fill({ text: words.reply }));
        says(await press(0, t("review:check.send")), words.reply);
        says(await press(0, t("four:sent.undo")), t("four:sent.undone"));
        await press(0, t("review:check.edit"));
        await act(0, words.better, heron.fill({ text: words.better }));
        await press(0, t("review:check.send"));
        await press(0, t("review:life.back"));

        // shared with the colleague, moved on, held by two
        await press(0, t("review:card.life"));
        await press(0, t("review:life.share"));
        says(await press(0, aliases[1]!), t("review:share.done", { alias: aliases[1]! }));
        await press(0, t("review:card.life"));
        says(await press(0, label("status", "investigating")), label("status", "investigating"));
        await press(0, t("review:card.life"));
        await press(0, t("four:button"));
        await press(0, t("four:ask.hold"));
        says(await press(0, t("four:sure.ask")), t("four:sure.asked"));
        await core.delivered();
        await act(2, "/queue", owl.command("queue"));
        await press(2, t("four:queue", { count: 1 }));
        await press(2, owl.holding(code));
        says(await press(2, t("four:request.confirm")), t("four:done.hold", { code }));

        // the deputy hands it to the second reviewer, who brings it to its end
        await owl.command("queue");
        await owl.press(owl.holding(code));
        await press(2, t("review:card.life"));
        await press(2, t("review:life.hand"));
        says(await press(2, aliases[1]!), t("review:hand.done", { alias: aliases[1]! }));
        await act(1, "/queue", otter.command("queue"));
        await press(1, otter.holding(code));
        await press(1, t("review:card.close"));
        await press(1, label("outcome", "substantiated"));
        await press(1, label("root-cause", "excess-access"));
        await press(1, t("bot:skip"));
        says(await act(1, words.end, otter.fill({ text: words.end })), t("review:closed"));

        const text = `${talk.join("\n\n────────\n\n")}\n`
          .replaceAll(code, "ABC234")
          .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "http://our.page")
          .replaceAll(/[A-Z][a-z]+ \d{1,2}, 20\d\d/g, "Month D, YYYY")
          .replaceAll(/20\d\d年\d{1,2}月\d{1,2}日/g, "YYYY年M月D日")
          .replaceAll(/\d+ (days left|seconds|minutes left)/g, "N $1")
          .replaceAll(/(还剩|，) ?\d+ (天|分钟|秒)/g, "$1 N $2");
        const path = new URL(`case.${name}.${locale}.txt`, import.meta.url);
        if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(path, text);
        assert.ok(existsSync(path), `no case.${name}.${locale}.txt yet`);
        assert.equal(text, readFileSync(path, "utf8"));
      });
});
