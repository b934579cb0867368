import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { consoleCan as chat } from "../../src/platforms/console.ts";
import { type Caller, choices, files, network } from "../support/caller.ts";
import { testHome } from "../support/house.ts";

describe("one mailbox on two devices", () => {
  it("keeps no link to an account and takes no word for a report that was withdrawn meanwhile", async () => {
    const t = testHome();
    const core = await t.core();
    const net = await network(core, "console", chat);
    const receipt = await files(net.as("reporter"), "Something.");
    const devices = ["phone", "laptop", "tablet", "other phone"].map((name) => net.as(name));
    for (const device of devices) {
      await device.command("mailbox");
      await device.says(receipt);
    }
    const [phone, laptop, tablet, other] = devices as [Caller, Caller, Caller, Caller];
    await other.press("withdraw");
    await tablet.press("answer");
    await laptop.press("withdraw");
    await laptop.press("yes");
    assert.match((await phone.press("notify")).text, /was withdrawn/);
    assert.match((await tablet.says("One more thing.")).text, /was withdrawn/);
    assert.equal((await other.press("yes")).title, "Withdrawn");
    assert.deepEqual(
      [(await core.storage.read("notify")).length, (await core.storage.read("messages")).length, t.notes],
      [0, 0, []],
    );
    await core.close();
    t.remove();
  });
});

describe("a draft", () => {
  it("survives a crash of the process, and is gone after a reboot, which is said", async () => {
    const t = testHome();
    const begun = await t.core();
    const who = (await network(begun, "console", chat)).as("somebody");
    await who.command("report");
    for (const label of ["go", "selling"]) await who.press(label);
    await who.says("Half a story");
    const shown = who.screen;
    await begun.storage.close(); // no goodbye

    const again = await t.core();
    const back = (await network(again, "console", chat)).as("somebody");
    assert.equal((await back.does({ kind: "look" })).text, shown.text);
    await again.close();

    for (const name of readdirSync(t.dayKeys)) rmSync(join(t.dayKeys, name));
    const rebooted = await t.core();
    const late = (await network(rebooted, "console", chat)).as("somebody");
    const screen = await late.does({ kind: "choice", value: choices(shown)[0]!.value });
    assert.match(screen.notice ?? "", /is not here any more/);
    assert.equal(screen.title, "Quietline");
    await rebooted.close();
    t.remove();
  });
});

describe("two processes on one house", () => {
  it("race for a talk without losing or doubling a word, and act on one event once", async () => {
    const t = testHome();
    const cores = [await t.core(), await t.core()];
    const people = await Promise.all(
      cores.map(async (core) => (await network(core, "console", chat)).as("same person")),
    );
    const [one, two] = people as [Caller, Caller];
    await one.command("report");
    for (const label of ["go", "selling"]) await one.press(label);
    const words = Array.from({ length: 16 }, (_, i) => `word${String(i).padStart(2, "0")}.`);
    await Promise.all(words.map((text, i) => people[i % 2]!.does({ kind: "text", text })));
    await Promise.all(people.map((p) => p.does({ kind: "text", text: "same event." }, { id: "delivered to both" })));
    await one.does({ kind: "look" });
    await one.press("go");
    while (one.screen.title !== "Read it once more")
      await one.press(choices(one.screen).some((c) => c.value.endsWith("!skip")) ? "Skip" : "Continue");
    const story = one.screen
      .quotes!.find((q) => q.text.includes("word"))!
      .text.split("\n\n")
      .sort();
    assert.deepEqual(story, ["same event.", ...words].sort());

    await one.press("send");
    const quiet = { kind: "choice", value: choices(one.screen).find((c) => c.value.endsWith("quiet"))!.value } as const;
    const answers = await Promise.all([one.does(quiet), two.does(quiet)]);
    assert.equal((await cores[0]!.storage.read("reports")).length, 1, "one report, not two");
    assert.ok(
      answers.every((screen) => screen.secret === answers[0]!.secret),
      "both see where the talk stands now",
    );
    assert.deepEqual(t.notes, []);
    for (const core of cores) await core.close();
    t.remove();
  });
});
