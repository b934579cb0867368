import assert from "node:assert/strict";
import type { Counter } from "../../src/desk/counter.ts";
import { peopleDesk } from "../../src/desk/people.ts";
import type { Visitor } from "../../src/desk.ts";
import { createLimits, type Limits } from "../../src/limits.ts";
import type { Core } from "../../src/main.ts";
import { invited, type Network, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

const right = "quiet water under reeds";
const setUp = async () => {
  const limits = createLimits();
  const asked: [string, string][] = [];
  const watched: Limits = {
    ...limits,
    wait: (name, what) => limits.wait(name, what),
    missed(name, what) {
      asked.push([name, what]);
      return limits.missed(name, what);
    },
  };
  let checked = 0;
  let busy = false;
  const fresh = new Set(["287082"]);
  const people = {
    tag: (alias: string) => `tag of ${alias.length} letters`,
    async knows(_alias: string, passphrase: string) {
      if (busy) return { wait: 5 };
      checked += 1;
      return passphrase === right;
    },
  };
  const desk = peopleDesk({
    people,
    limits: watched,
    now: Date.now,
    factors: { use: async (_alias: string, code: string) => code === "" || fresh.delete(code) },
  } as unknown as Counter);
  const turn = (visit: string) => ({ tag: visit, limit: `limit of ${visit}` }) as unknown as Visitor;
  const as = (visit: string) => desk.queries(turn(visit));
  return {
    as,
    turn,
    desk,
    asked,
    checked: () => checked,
    busy(is: boolean) {
      busy = is;
    },
  };
};

describe("guesses at a passphrase", () => {
  it("are limited for one visit", async () => {
    const { as } = await setUp();
    for (let i = 0; i < 5; i++) assert.equal(await as("visit").knows("Heron", "guess", ""), false);
    const answer = await as("visit").knows("Heron", right, "");
    assert.ok(typeof answer === "object" && answer.wait > 60 && answer.wait <= 600, JSON.stringify(answer));
    assert.equal(await as("another visit").knows("Heron", right, ""), true);
  });

  it("are limited for one alias, with a new visit for each guess, and its owner waits a minute at most", async () => {
    const { as, checked } = await setUp();
    for (let i = 0; i < 20; i++) assert.equal(await as(`visit ${i}`).knows("Heron", "guess", ""), false);
    for (const passphrase of ["guess", right]) {
      const answer = await as("a new visit").knows("Heron", passphrase, "");
      assert.ok(typeof answer === "object" && answer.wait > 0 && answer.wait <= 60, JSON.stringify(answer));
    }
    assert.equal(checked(), 20, "who has to wait costs nothing");
    assert.equal(await as("a new visit").knows("Crane, another", right, ""), true);
  });

  it("are counted under names that tell no alias, and only when they were wrong", async () => {
    const { as, asked, busy } = await setUp();
    await as("visit").knows("Heron", right, "");
    busy(true);
    assert.deepEqual(await as("visit").knows("Heron", "guess", ""), { wait: 5 });
    busy(false);
    assert.deepEqual(asked, []);
    await as("visit").knows("Heron", "guess", "");
    assert.deepEqual(asked.sort(), [
      ["limit of visit", "sign-in"],
      ["tag of 5 letters", "alias"],
    ]);
  });
});

describe("a code of a second factor", () => {
  it("is good again where the same turn has to be taken again, and in no other", async () => {
    const { desk, turn, as } = await setUp();
    const one = turn("visit");
    assert.equal(await desk.queries(one).knows("Heron", right, "287082"), true);
    assert.equal(await desk.queries(one).knows("Heron", right, "287082"), true, "another turn was faster");
    assert.equal(await desk.queries(one).knows("Otter", right, "287082"), false, "another reviewer's");
    assert.equal(await as("visit").knows("Heron", right, "287082"), false, "the next turn");
  });
});

describe("people who join by the web page", () => {
  let home: TestHome;
  let core: Core;
  let web: Network;
  before(async () => {
    home = testHome();
    core = await home.core();
    web = await network(core, "web", (await tables()).web);
  });
  after(async () => {
    await core.close();
    home.remove();
  });
  const passphrase = "quiet water under reeds";
  const invitee = async (person: string) => {
    const who = web.as(person);
    await who.command("join", await invited(core, "reviewer"));
    return who;
  };

  for (const [one, two] of [
    ["Otter", "Otter"],
    ["Anna", "anna"],
  ] as const)
    it(`as ${one} and ${two} at once: one is welcome, the other is told that it is taken`, async () => {
      const both = [await invitee(`first ${one}`), await invitee(`second ${two}`)] as const;
      await Promise.all([one, two].map((alias, i) => both[i]!.fills({ alias, passphrase, again: passphrase })));
      const shown = both.map((who) => who.screen.title === `Welcome, ${one}` || who.screen.title === `Welcome, ${two}`);
      assert.deepEqual([...shown].sort(), [false, true], JSON.stringify(both.map((who) => who.screen)));
      const other = both[shown.indexOf(false)]!;
      assert.equal(other.screen.notice, "Somebody has this alias already. Please choose another.");
      const typed = other.screen.form!.fields.map((f) => [f.name, f.value]);
      assert.deepEqual(typed[0], ["alias", other === both[0] ? one : two], "nobody types it again");
      assert.ok(typed.slice(1).every(([, value]) => value === undefined));
      await other.fills({ alias: `${two} the second`, passphrase, again: passphrase });
      assert.equal(other.screen.title, `Welcome, ${two} the second`);
      assert.deepEqual(home.notes, []);
    });

  it("sign in again, and are told in seconds when the house is busy for a moment", async () => {
    const who = web.as("a new visit");
    await who.command("signin");
    const guesses = Array.from({ length: 30 }, () => core.people.knows("Nobody", "guess"));
    await who.fills({ alias: "Otter", passphrase });
    assert.match(who.screen.notice ?? "", /about 5 s/);
    await Promise.all(guesses);
    await who.fills({ alias: "Otter", passphrase });
    assert.equal(who.screen.text, "You are signed in.");
  });
});
