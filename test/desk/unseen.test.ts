import assert from "node:assert/strict";
import type { Role } from "../../src/desk.ts";
import { examine } from "../../src/doctor.ts";
import { explain } from "../../src/errors.ts";
import type { Core } from "../../src/main.ts";
import { choices, joins, type Network, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

describe("a case that nobody here may see", () => {
  const hour = 3_600_000;
  const day = 24 * hour;
  let clock = Date.now();
  let home: TestHome;
  let core: Core;
  let net: Network;
  let page: Network;

  /** Files a report that names somebody who must not see it. */
  async function filed(exclude: string): Promise<string> {
    const who = page.as(`reporter ${Math.random()}`);
    await who.command("report");
    for (const label of ["go", "selling"]) await who.press(label);
    await who.says("A clerk sells lists.");
    while (who.screen.title !== "Read it once more") {
      const field = who.screen.form?.fields.find((f) => f.name === "exclude");
      if (field) await who.fills({ exclude });
      else await who.press(choices(who.screen).some((c) => c.value.endsWith("!skip")) ? "Skip" : "Continue");
    }
    await who.press("send");
    return (await core.storage.read("reports").first()).code as string;
  }
  const finds = async (alias: string, role: Role, code: string): Promise<boolean> => {
    const who = await joins(core, net, alias, role);
    await who.command("queue");
    return JSON.stringify(who.screen).includes(code);
  };
  const told = () => home.notes.filter(({ code }) => code === "case-unseen").length;

  beforeEach(async () => {
    home = testHome();
    clock = Date.now();
    core = await home.core(() => clock);
    net = await network(core, "telegram", (await tables()).telegram);
    page = await network(core, "web", (await tables()).web);
    await joins(core, net, "Ed", "admin");
    await joins(core, net, "Heron", "reviewer");
  });
  afterEach(async () => {
    await core.close();
    home.remove();
  });

  it("is none where the sole admin's alias is only a part of a name", async () => {
    const code = await filed("my boss Fred");
    const ed = net.as("account of Ed");
    await ed.command("queue");
    assert.ok(JSON.stringify(ed.screen).includes(code));
    clock += day;
    await core.tend();
    assert.equal(told(), 0);
  });

  it("is told to the operator once a day, from the day after it came, until a new deputy sees it", async () => {
    const code = await filed("Ed, my boss");
    clock += day;
    await core.tend();
    await core.tend();
    assert.equal(told(), 1);
    assert.match(explain("case-unseen").cure, /deputy/);
    clock += day;
    await core.tend();
    assert.equal(told(), 2);
    assert.equal(await finds("Otter", "reviewer", code), false);
    assert.equal(await finds("Owl", "deputy", code), true);
    clock += day;
    await core.tend();
    assert.equal(told(), 2);
    await core.suspend("Owl", true);
    clock += day;
    await core.tend();
    assert.equal(told(), 3, "a deputy who was suspended sees nothing");
  });

  it("tells the log nothing of the hour at which it came: not in the process that looks each hour, nor in one that starts", async () => {
    clock = Date.UTC(2030, 4, 14, 9);
    await core.tend();
    await filed("Ed, my boss");
    clock += hour;
    await core.tend();
    const other = await home.core(() => clock);
    await other.tend();
    await other.close();
    assert.equal(told(), 0, "the log has seconds, and a report has a day");
    clock = Date.UTC(2030, 4, 15);
    await core.tend();
    assert.equal(told(), 1);
  });

  it("does not tell at which hour it became one either", async () => {
    clock = Date.UTC(2030, 4, 14, 9);
    await joins(core, net, "Owl", "deputy");
    await filed("Ed, my boss");
    clock += day;
    await core.tend();
    await core.suspend("Owl", true);
    clock += hour;
    await core.tend();
    assert.equal(told(), 0);
    clock += day;
    await core.tend();
    assert.equal(told(), 1);
  });

  it("is what the doctor finds, with its cure", async () => {
    const finding = async () => (await examine(home.config)).find((f) => f.what === "cases");
    assert.equal((await finding())?.ok, true);
    await filed("Ed, my boss");
    const found = await finding();
    assert.equal(found?.ok, false);
    assert.match(found?.cure ?? "", /deputy/);
  });
});
