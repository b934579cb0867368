import assert from "node:assert/strict";
import { testHome } from "../support/house.ts";
import { talker } from "../support/talker.ts";

describe("the console, end to end", () => {
  it("a report is filed, taken, answered, read and closed", async () => {
    const t = testHome();
    const core = await t.core();
    const r = await talker(core, "reporter");
    await r.press("Report");
    await r.press("Go on here");
    await r.press("I know that data is being sold");
    await r.say("A clerk sells subscriber lists.");
    await r.press("Continue");
    await r.press("Telecom carrier");
    await r.press("Name and phone");
    await r.press("Done");
    await r.press("Skip the rest");
    await r.press("Skip the rest");
    await r.press("Skip");
    await r.press("Continue");
    await r.press("Skip the rest");
    await r.press("Send the report");
    await r.press("Send, and keep no link");
    const receipt = /[0-9A-Z]{4}(-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/.exec(r.shown())![0];
    await r.press("I have written it down");
    const groups = receipt.split("-");
    for (let i = 0; i < 2; i++) await r.say(groups[Number(/Group (\d)/.exec(r.shown())![1]) - 1]!);
    assert.match(r.shown(), /You are done/);

    const code = core.people.newInvite();
    await core.storage.transaction(core.people.addInvite(code, { role: "admin" }, 99999));
    const v = await talker(core, "reviewer");
    await v.say(`/join ${code}`);
    await v.say("Heron");
    await v.press("Reviewers’ desk");
    await v.say("1");
    await v.press("Take it");
    await v.press("Read");
    await v.press("No. Open it");
    assert.match(v.shown(), /A clerk sells subscriber lists/);
    await v.press("Answer");
    await v.say("Since when, roughly?");
    await v.press("Send");

    await r.say("/mailbox");
    await r.say(receipt.toLowerCase().replaceAll("-", " "));
    assert.match(r.shown(), /Since when, roughly/);
    await r.press("Write to the team");
    await r.say("Since spring.");
    assert.match(r.shown(), /Since spring/);

    await v.press("Close");
    await v.press("Substantiated");
    await v.say("The access was taken away.");
    await r.press("Check for new messages");
    assert.match(r.shown(), /was confirmed/);
    await core.close();
    t.remove();
  });
});
