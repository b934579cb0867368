/**
 * P5, attacked by everybody who is in the wrong role: every order and every question that the counter knows, every command
 * that there is and every button that an admin was ever shown, by strangers, auditors, reviewers, the suspended and the
 * excluded, on every network. Made from the counter's own tables: what is new there is refused to strangers, or this fails.
 */
import assert from "node:assert/strict";
import { commands } from "../../src/commands.ts";
import { conversations } from "../../src/conversations.ts";
import type { Command, Queries, Role, Visitor } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { dumpRows } from "../../src/storage/dump.ts";
import { bare, type Caller, choices, invited, type Network, network, tables } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";
import { orderOf, outcome, visitorOf, type Who } from "../support/orders.ts";

const names: Record<Role, string> = { admin: "Heron", deputy: "Owl", reviewer: "Teal", auditor: "Rail" };
const everybody: Who[] = ["anyone", "house", "auditor", "reviewer", "deputy", "admin"];
const readers: Who[] = ["reviewer", "deputy", "admin"];
const insiders: Who[] = ["auditor", ...readers];

/** Orders that anyone may give: a reporter's, a learner's, a subscriber's, and what lets people in by what they know. */
const open: Partial<Record<Command["kind"], true>> = {
  file: true, write: true, notify: true, withdraw: true, join: true, enter: true, tally: true, "keep-question": true,
  "campaign-felt": true, refused: true, "tips-keep": true, "tips-fewer": true, "tips-stop": true, "quiz-sector": true,
  "quiz-answer": true, "quiz-begin": true, "quiz-nudge": true, "quiz-join": true, "quiz-erase": true,
  "quiz-certify": true,
  sight: true, "quiz-native": true,
} as const; // biome-ignore format: a list
/** Who may give the others, where that is not everybody who reads reports. */
const orders: Partial<Record<Command["kind"], Who[]>> = {
  "sign-out": insiders,
  "door-code": insiders,
  factor: insiders,
  "factor-off": insiders,
  speak: insiders,
  guard: ["deputy", "admin"],
  board: ["admin"],
  "tips-here": ["admin"],
  "campaign-make": ["admin"],
  "campaign-confirm": ["admin"],
  "campaign-pause": ["admin"],
  "campaign-resume": ["admin"],
  "campaign-cancel": ["admin"],
};

/** Some that everybody may give who reads reports: the test that refuses them to others would pass if nobody could. */
const plain = ["claim", "release", "reopen", "reply", "close", "move", "hand", "share", "recuse", "join-series"];

/** Questions that anyone may ask. */
const openQueries = new Set<string>([
  "codes", "outcomes", "moves", "level", "findHints", "newReceipt", "showReceipt", "splitReceipt", "readReceipt", "holdsReceipt", "coverReceipts",
  "normalise", "mailbox", "masked", "learn", "ask", "entry", "topics", "emergency", "invited", "newInvite", "aliasFree", "knows",
  "newFactor", "factorFits", "tipsOf", "tipDefaults", "zones", "readZone", "tip", "sectors", "learner", "question", "graded",
  "courseOf", "newCertificate", "certificate", "verify", "unmaskReasons", "campaignText", "newSeries", "drawRows", "undoWindow", "hows", "whens", "few", "namesOrganisation", "heldSighting", "newCampaign", "campaignTips", "campaignTip", "seconds", "readMoment", "writeMoment", "splits", "fewest", "mayAudit", "drawBars", "authorities", "goodRecipient", "heldReport", "toll", "tollNumbers", "tollWork", "payToll",
]); // biome-ignore format: a list
/** Who may ask the others; by default whoever may read reports. The house is no person: it draws cards. */
const queries: Record<string, Who[]> = {
  stats: insiders,
  log: ["auditor", "admin"],
  purged: ["auditor", "admin"],
  chainHolds: ["auditor", "admin"],
  card: ["house", ...readers],
  seen: ["house", ...readers],
  deadlines: ["house", ...readers],
  counts: insiders,
  hasFactor: insiders,
  factorPicture: insiders,
  useFactor: insiders,
  campaigns: ["house", "admin"],
  campaign: ["house", "admin"],
  figures: ["admin"],
};

/** Which networks people press and type on: what they are decides nothing there, so one is enough on the second database. */
const networks = { SQLite: ["console", "telegram", "discord", "web"], PostgreSQL: ["telegram"] } as const;

for (const kind of ["SQLite", "PostgreSQL"] as const) {
  describe(`P5: the wrong role, on ${kind}`, function () {
    this.timeout(60_000);
    let home: TestHome;
    let core: Core;
    let drop: () => Promise<void> = async () => {};
    /** A case that everybody may see, and one that Otter may not. */
    let seen = "";
    let hidden = "";
    const nets: Record<string, Network> = {};

    before(async function () {
      ({ home, drop } = await homeOn(kind, this));
      core = await home.core();
      const all = await tables();
      for (const name of networks[kind]) nets[name] = await network(core, name, all[name]);
      nets.web ??= await network(core, "web", all.web);
      for (const [alias, role] of [
        ["Heron", "admin"],
        ["Owl", "deputy"],
        ["Teal", "reviewer"],
        ["Rail", "auditor"],
        ["Swift", "admin"],
        ["Otter", "reviewer"],
      ] as const)
        for (const name of networks[kind]) await comeIn(name, alias, role);
      await core.suspend("Swift", true);
      seen = await filed("");
      hidden = await filed("Otter");
      const heron = as("telegram", "Heron");
      await heron.command("queue");
      await heron.press(seen);
      await heron.press("claim");
    });
    after(async () => {
      await core?.close();
      await drop();
    });

    const as = (net: string, alias: string): Caller => nets[net]!.as(`account of ${alias}`);

    /** A reviewer joins on the first network, and comes in by a further account on the others. */
    async function comeIn(net: string, alias: string, role: Role): Promise<void> {
      const known = (await core.people.get(alias)) !== undefined;
      const who = as(net, alias);
      await who.command("join", await invited(core, known ? { alias } : role));
      if (known) await who.press("yes");
      else await who.says(alias);
    }

    /** Files a report that names whom it excludes; answers the case's code. */
    async function filed(exclude: string): Promise<string> {
      const who = nets.web!.as(`reporter of ${exclude}`);
      const before = new Set((await core.storage.read("reports")).map((r) => r.code as string));
      await who.command("report");
      for (const label of ["go", "selling"]) await who.press(label);
      await who.says("Lists are sold at counter seven; call 13812345678.");
      while (who.screen.title !== "Read it once more") {
        if (who.screen.form?.fields.some((f) => f.name === "exclude")) await who.fills({ exclude });
        else await who.press(choices(who.screen).some((c) => bare(c.value) === "!skip") ? "Skip" : "Continue");
      }
      await who.press("send");
      return (await core.storage.read("reports")).find((r) => !before.has(r.code))!.code as string;
    }

    const visitor = (who: Who): Visitor => visitorOf(who, who === "anyone" || who === "house" ? undefined : names[who]);
    const order = (kind: string, code: string): Command => orderOf(core, kind, code);

    it("gives no order: each of them is refused, and whether the case exists makes no difference", async () => {
      assert.ok(core.desk.orders.length > 40);
      for (const kind of core.desk.orders) {
        if (open[kind]) continue;
        const may = orders[kind] ?? readers;
        for (const who of everybody) {
          if (may.includes(who)) continue;
          for (const code of [seen, hidden, "NOSUCH"])
            assert.equal(
              await outcome(() => core.desk.prepare(visitor(who), [order(kind, code)])),
              "not-allowed",
              `${kind} by ${who} on ${code}`,
            );
        }
      }
    });

    it("… and who is in the right role is not refused for it: the lists above are true", async () => {
      for (const [kind, may] of Object.entries({
        ...Object.fromEntries(plain.map((kind) => [kind, readers])),
        ...orders,
      }))
        for (const who of may) {
          if (["factor-off", "campaign-make", "board", "tips-here"].includes(kind)) continue; // they want more than a role
          const came = await outcome(() => core.desk.prepare(visitor(who), [order(kind, seen)]));
          assert.notEqual(came, "not-allowed", `${kind} by ${who}`);
        }
      for (const kind of Object.keys(open))
        assert.ok(core.desk.orders.includes(kind as Command["kind"]), `${kind} is no order any more`);
    });

    it("gets no answer: each question about cases is refused", async () => {
      const args: Record<string, unknown[]> = {
        queue: [0],
        may: [seen, "claim"],
        attachment: [seen, 1, false],
        unmask: [seen, 1, "authority"],
        leaks: ["words"],
        chain: ["S12345"],
        figures: ["en"],
        campaign: ["none"],
        useFactor: ["123456"],
        factorPicture: ["JBSWY3DPEHPK3PXP"],
      };
      let asked = 0;
      for (const who of everybody) {
        const desk = core.desk.for(visitor(who)) as unknown as Record<string, (...a: unknown[]) => unknown>;
        for (const [name, ask] of Object.entries(desk)) {
          if (typeof ask !== "function" || openQueries.has(name)) continue;
          const came = await outcome(async () => ask(...(args[name] ?? [seen])));
          // what is not listed is refused to whoever does not read reports; some of it to most who do
          const may = queries[name] ?? readers;
          if (name in queries || ["anyone", "auditor"].includes(who))
            assert.equal(came === "not-allowed", !may.includes(who), `${name} by ${who}: ${came}`);
          asked += 1;
        }
        for (const name of openQueries) assert.ok(name in desk, `${name} is no question any more`);
      }
      assert.ok(asked > 100);
    });

    it("who is excluded learns nothing of the case, and who is not sees it", async () => {
      const ask = (alias: string): Queries =>
        core.desk.for({ ...visitor("reviewer"), actor: { kind: "reviewer", alias, role: "reviewer" } });
      for (const [alias, sees] of [
        ["Otter", false],
        ["Heron", true],
      ] as const) {
        const desk = alias === "Heron" ? core.desk.for(visitor("admin")) : ask(alias);
        const queue = JSON.stringify(await desk.queue(0, { by: "all" }));
        assert.equal(queue.includes(hidden), sees);
        for (const name of ["card", "read", "connections", "thresholds"] as const)
          assert.equal((await desk[name](hidden)) !== undefined, sees, `${name} by ${alias}`);
        assert.equal((await desk.may(hidden, "claim")).ok, sees);
        assert.equal((await desk.unmask(hidden, 1, "authority")) !== undefined, sees);
        assert.equal(await desk.seen(hidden), sees ? 1 : 0);
      }
      assert.equal(JSON.stringify(await ask("Otter").connections(seen)).includes(hidden), false);
    });

    /** What lies in the database, but for talks. */
    async function stored(): Promise<string> {
      let all = "";
      for await (const line of dumpRows(core.storage))
        if (!/^\["(sessions|doors|tallies|lanes)"|^\{"end"/.test(line)) all += `${line}\n`;
      return all;
    }

    it("every command for reviewers is unknown to whoever is none, on every network and in a shared place", async () => {
      const guarded = conversations.filter((c) => c.audience);
      assert.ok(guarded.length > 4 && guarded.flatMap((c) => c.commands).length > 4);
      const before = await stored();
      for (const net of networks[kind])
        for (const place of [undefined, "a group"])
          for (const conversation of guarded)
            for (const command of conversation.commands)
              for (const alias of [
                "a stranger",
                "Swift",
                ...(conversation.audience === "admins" ? ["Rail", "Teal", "Owl"] : []),
              ]) {
                const who = nets[net]!.as(`account of ${alias}`, place ? { place } : {});
                await who.command("start");
                const unknown = await who.command("nosuchcommand");
                const came = await who.command(command);
                const shown = place ? came.text : (came.notice ?? came.text);
                assert.ok(
                  [unknown.notice, unknown.text].includes(shown) || shown === core.words.say("en", "bot:refused"),
                  `/${command} by ${alias} on ${net}: ${JSON.stringify(came)}`,
                );
              }
      assert.equal(await stored(), before);
      for (const { name } of commands)
        assert.ok(
          conversations.some((c) => c.commands.includes(name)) || name === "cancel",
          `/${name} is announced and does not exist`,
        );
    });

    /** Every button of a card that whoever looks around as an admin is shown. */
    async function shownTo(who: Caller): Promise<Set<string>> {
      const found = new Set<string>();
      const note = () => choices(who.screen).forEach((c) => void found.add(c.value));
      for (const command of ["queue", "series", "campaign", "learning"]) {
        await who.command(command);
        note();
      }
      await who.command("queue");
      await who.press(seen);
      note();
      for (const next of ["read", "clear", "life", "masks"]) {
        if (!choices(who.screen).some((c) => bare(c.value) === next)) continue;
        await who.press(next);
        note();
      }
      return found;
    }

    it("every button that an admin is shown does nothing for anybody else, on every network", async () => {
      const cards = conversations.flatMap((c) =>
        Object.entries(c.steps as Record<string, { anytime?: unknown }>).flatMap(([step, s]) =>
          c.audience && s.anytime ? [`@${c.name}.${step}.${seen}.`, `@${c.name}.${step}.all.`] : [],
        ),
      );
      assert.ok(cards.length >= 4);
      let pressed = 0;
      for (const [name, net] of networks[kind].map((n) => [n, nets[n]!] as const)) {
        const values = await shownTo(as(name, "Heron"));
        const names = new Set([...values].map((v) => bare(v)));
        const all = [
          ...values,
          ...cards.flatMap((card) => [...names].filter((n) => /^[\w-]+$/.test(n)).map((n) => card + n)),
        ];
        assert.ok(all.length > 50, `${all.length} buttons on ${name}`);
        const before = await stored();
        for (const alias of ["a stranger", "Swift"]) {
          const who = net.as(`account of ${alias}`);
          // what hangs on a board is pressed by both; a button of somebody's own talk is bound to that talk anyway
          for (const value of alias === "Swift" ? all.filter((v) => v.startsWith("@")).slice(0, 20) : all) {
            await who.does({ kind: "choice", value });
            const words = JSON.stringify(who.screen);
            for (const secret of ["counter seven", seen, hidden, "13812345678", "Heron"])
              assert.ok(!words.includes(secret), `${value} shows ${alias} on ${name}: ${words}`);
            pressed += 1;
          }
        }
        assert.equal(await stored(), before, name);
      }
      assert.ok(pressed > 150 * networks[kind].length);
    });

    it("… and an admin's own do nothing for those who are nearly one; none at all for an auditor, to whom no case is shown", async () => {
      const { id, state } = await core.storage.transaction((trx) =>
        core.campaigns.make(trx, {
          body: { platforms: ["telegram"], texts: { en: { title: "Kestrels gather", text: "At noon." } } },
          askedBy: "Heron",
          day: 1,
          begins: 4_000_000_000,
          spread: 0,
          reach: 1_000_000, // so many that it waits for a second admin
        }),
      );
      assert.equal(state, "waiting");
      for (const [name, net] of networks[kind].map((n) => [n, nets[n]!] as const)) {
        const heron = as(name, "Heron");
        const all = [...(await shownTo(heron))];
        const admins = new Set<string>();
        for (const command of ["campaign", "learning"]) {
          await heron.command(command);
          for (const { value } of choices(heron.screen)) admins.add(value);
        }
        await heron.command("campaign");
        await heron.press(`c${id}`);
        assert.ok(JSON.stringify(heron.screen).includes("Kestrels gather"), "an admin sees it");
        for (const { value } of choices(heron.screen)) admins.add(value);
        for (const step of ["progress", "asks"])
          for (const value of ["look", "confirm", "pause", "resume", "cancel", "change", "again"])
            admins.add(`@campaigns.${step}.${id}.${value}`);
        const before = await stored();
        for (const alias of ["Rail", "Teal", "Owl"]) {
          const who = net.as(`account of ${alias}`);
          await who.command("start");
          for (const value of alias === "Rail" ? [...admins, ...all] : admins) {
            await who.does({ kind: "choice", value });
            const words = JSON.stringify(who.screen);
            for (const secret of [
              "counter seven",
              "13812345678",
              "Kestrels gather",
              ...(alias === "Rail" ? [seen, hidden] : []),
            ])
              assert.ok(!words.includes(secret), `${value} shows ${alias} on ${name}: ${words}`);
          }
        }
        assert.equal(await stored(), before, name);
      }
    });

    it("an auditor who asks for the queue is shown the way to the log, and no case", async () => {
      for (const net of networks[kind]) {
        const rail = as(net, "Rail");
        for (const command of ["queue", "series", "sightings"]) {
          await rail.command(command);
          const words = JSON.stringify(rail.screen);
          assert.ok(words.includes(core.words.say("en", "review:queue.auditor")), `/${command} on ${net}: ${words}`);
          for (const secret of [seen, hidden, "counter seven"]) assert.ok(!words.includes(secret), words);
        }
      }
    });
  });
}
