/** What must not be lost or kept when things change around a case: a restart, a reviewer who leaves, a report that is closed. */
import assert from "node:assert/strict";
import net from "node:net";
import type { Service } from "../../src/service.ts";
import { createTelegramServer, type TelegramServer } from "../standins/telegram.ts";
import { invited } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

const group = -1001;

describe("around a case", () => {
  let wire: TelegramServer;
  let home: TestHome;
  let service: Service;
  const targets = new Set<string>();
  const { connect } = net.Socket.prototype;

  before(async () => {
    wire = await createTelegramServer();
    wire.group(group);
    home = testHome({ TELEGRAM_BOT_TOKEN: wire.token, TELEGRAM_API_ROOT: wire.url });
    // every connection that the process opens is looked at; the SDK and its HTTP client use this same door
    net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
      const [first] = (Array.isArray(args[0]) ? args[0] : args) as [{ host?: string; path?: string } | number];
      targets.add(typeof first === "object" ? (first.host ?? first.path ?? "127.0.0.1") : "127.0.0.1");
      return connect.apply(this, args as Parameters<typeof connect>);
    };
    service = await home.service();
  });
  after(async () => {
    net.Socket.prototype.connect = connect;
    await service.close();
    await wire.close();
    home.remove();
  });

  const joined = async (n: number, alias: string): Promise<void> => {
    await wire.user(n).send(`/join ${await invited(service.core, "admin")}`);
    await wire.user(n).send(alias);
  };
  /** Files on Telegram and answers the receipt. */
  const filed = async (n: number, how: string): Promise<string> => {
    const reporter = wire.user(n);
    await reporter.send("/start");
    for (const press of ["Report", "Go on here", "Something else"]) await reporter.press(press);
    await reporter.send("Look-ups of neighbours are sold at the counter.");
    for (const press of ["Continue", "Straight to the preview", "Send the report", how]) await reporter.press(press);
    const receipt = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/.exec(reporter.seen().text)?.[0];
    return receipt ?? assert.fail(reporter.seen().text);
  };
  const rows = (table: string) => service.core.storage.read(table);

  it("a card that waits through a restart goes out at once, not an hour later", async () => {
    await joined(1, "Heron");
    await wire.user(1).in(group).send("/board");
    await filed(7, "Send, and keep no link (safer)");
    await service.core.delivered();
    assert.match(wire.groupText(), /Case /);
    await service.close();

    // somebody runs a command of the command line in between: it must not touch what is owed
    const beside = await home.core();
    await beside.storage.transaction(async (trx) => {
      const [board] = await trx("boards");
      const [report] = await trx("reports");
      await trx("reports").where({ id: report.id }).update({ owner: "Heron", status: "acknowledged" });
      const { createOutbox } = await import("../../src/outbox/outbox.ts");
      const { createColumns } = await import("../../src/crypto/columns.ts");
      await createOutbox(beside.storage, createColumns(beside.keys.derive("columns")), Date.now).card(
        trx,
        board,
        report.code,
        0,
      );
    });
    await beside.close();
    service = await home.service();
    await service.core.delivered();
    assert.match(wire.groupText(), /With: Heron/);
  });

  it("a reviewer who leaves gives their cases back", async () => {
    await joined(2, "Teal");
    assert.equal(await service.core.suspend("Heron", true), true);
    assert.equal(await service.core.suspend("Nobody", true), false);
    await wire.user(2).in(group).press("Read");
    await wire.user(2).press("No. Open it");
    await wire.user(2).press("Take it");
    assert.match(wire.user(2).seen().text, /With: Teal/);
  });

  it("a message on a closed case comes back into the queue", async () => {
    const receipt = await filed(8, "Send, and notify me here");
    await service.core.delivered();
    await wire.user(2).send("/queue");
    const label = wire
      .user(2)
      .seen()
      .buttons.find((b) => b.includes("free"));
    await wire.user(2).press(label ?? assert.fail("not in the queue"));
    await wire.user(2).press("Take it");
    await wire.user(2).press("Close");
    await wire.user(2).press("Could not be confirmed");
    await wire.user(2).send("We could not find it. Thank you.");
    await service.core.delivered();
    assert.equal((await rows("notify")).length, 0, "the link to the account outlives the case");
    assert.equal((await rows("outbox")).length, 0, "the address still lies in what was to be sent");

    const reporter = wire.user(8);
    await reporter.send("/mailbox");
    if (reporter.seen().buttons.includes("Leave")) await reporter.press("Leave");
    await reporter.send(receipt);
    await reporter.press("Write to the team");
    await reporter.send("There is a new sale.");
    await wire.user(2).send("/queue");
    assert.ok(
      wire
        .user(2)
        .seen()
        .buttons.some((b) => b.includes("Teal")),
      wire.user(2).seen().buttons.join(),
    );
  });

  it("nothing was sent to anyone but the platform that was named", () => {
    assert.deepEqual(
      [...targets].filter((t) => !["127.0.0.1", "localhost", "::1"].includes(t)),
      [],
    );
    assert.ok(targets.size > 0, "no connection was seen: the test sees nothing");
  });
});
