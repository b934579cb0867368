/** A case is handed over: asked on a chat, confirmed by a second person, fetched on the web page, opened with the standard tools. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outward } from "../../src/crypto/outward.ts";
import type { Core } from "../../src/main.ts";
import { packed } from "../../src/reports/package.ts";
import { attaches, type Caller, files, joins, type Network, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

describe("a case handed over", function () {
  this.timeout(60_000);
  const phone = "13812345678";
  const card = "6222 0212 3456 7890 128".replaceAll(" ", "");
  let folder: string;
  let home: TestHome;
  let core: Core;
  let chat: Network;
  let page: Network;
  let heron: Caller;
  let owl: Caller;
  let web: Caller;
  let receipt = "";
  let code = "";
  let recipient = "";
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder, stdio: "pipe" });
  const actions = async () => (await core.storage.read("audit").orderBy("number")).map((e) => e.action as string);
  const row = () => core.storage.read("reports").first();

  /** The same person on the web page. */
  async function onWeb(who: Caller, browser: string): Promise<Caller> {
    await who.command("queue");
    await who.press("door");
    const there = page.as(browser);
    await there.command("join", who.screen.secret);
    await there.press("yes");
    return there;
  }
  /** The list of requests, and the only one in it. */
  async function opens(who: Caller): Promise<Caller> {
    await who.command("queue");
    await who.press("requests");
    await who.press(who.screen.menu!.options[0]!.label);
    return who;
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "quietline-referral-"));
    run("age-keygen", "-o", "recipient.txt");
    recipient = run("age-keygen", "-y", "recipient.txt").toString().trim();
    home = testHome();
    core = await home.core();
    core.setPage("https://tips.example.org");
    const can = await tables();
    chat = await network(core, "telegram", can.telegram);
    page = await network(core, "web", can.web);
    heron = await joins(core, chat, "Heron", "reviewer");
    owl = await joins(core, chat, "Owl", "deputy");
    receipt = await files(
      chat.as("reporter"),
      `A clerk sells lists.\n\`\`\`\n# Not a heading\nCall ${phone} or pay to ${card}. 姓名和电话都有。`,
    );
    const reporter = page.as("reporter");
    await attaches(reporter, receipt, "name,phone\nZhang,1\n");
    await reporter.press("Continue");
    code = (await row()).code;
    await heron.command("queue");
    await heron.press(code);
    await heron.press("claim");
    await heron.press("read");
    await heron.press("clear");
    await heron.press("note");
    await heron.says("The marmalade branch again.");
  });
  after(async () => {
    await core.close();
    home.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it("wants a whole public key, and warns of a secret one", async () => {
    await heron.command("refer", code.toLowerCase());
    await heron.press("police");
    await heron.says(recipient.slice(0, -3));
    assert.match(heron.screen.notice ?? "", /not a whole public age key/);
    await heron.says(readFileSync(join(folder, "recipient.txt"), "utf8"));
    assert.match(heron.screen.notice ?? "", /That is a secret key/);
    await heron.says(recipient);
    assert.equal((await core.storage.read("requests")).length, 0);
  });

  it("is asked for with what is shown, and confirmed by somebody who sees just that", async () => {
    await heron.press("[1] phone number");
    await heron.press("done");
    await heron.press("ask");
    await opens(owl);
    for (const words of [recipient, "Police", "138••••78 (phone number)"])
      assert.ok(owl.screen.text.includes(words), words);
    assert.ok(!JSON.stringify(owl.screen).includes(phone) && !JSON.stringify(owl.screen).includes(card));
    await opens(heron);
    assert.ok(!JSON.stringify(heron.screen.buttons).includes("fetch"), "not before it is confirmed");
    await opens(owl);
    await owl.press("confirm");
    assert.match(owl.screen.notice ?? "", /fetch the package on the web page/);
    assert.equal((await row()).status, "acknowledged", "nothing has been handed over yet");
  });

  it("is never handed over through a chat", async () => {
    await opens(heron);
    await heron.press("fetch");
    assert.match(heron.screen.text, /web page alone.*https:\/\/tips\.example\.org/s);
    assert.equal(heron.screen.attachments, undefined);
  });

  it("is fetched on the web page, opened with age and tar, and holds what the manifest says", async () => {
    // what comes after the asking is not in it
    const late = page.as("reporter again");
    await late.command("mailbox");
    await late.says(receipt);
    await late.press("answer");
    await late.says("A latecomer's words.");

    web = await onWeb(heron, "Heron's browser");
    await opens(web);
    await web.press("fetch");
    const [file] = web.screen.attachments ?? assert.fail(JSON.stringify(web.screen));
    assert.equal(file?.name, `referral-${code}.tar.age`);
    assert.equal((await row()).status, "acknowledged", "a look is no handing over");
    const sealed = Buffer.from(await new Response(await file!.open()).arrayBuffer());
    for (const words of ["age-encryption.org/v1", "X25519"]) assert.ok(sealed.includes(words));
    writeFileSync(join(folder, "package.tar.age"), sealed);
    run("age", "-d", "-i", "recipient.txt", "-o", "package.tar", "package.tar.age");
    run("tar", "-xf", "package.tar");
    const inside = join(folder, code);
    assert.deepEqual(readdirSync(inside).sort(), ["files", "manifest.json", "report.md", "report.pdf"]);
    const manifest = JSON.parse(readFileSync(join(inside, "manifest.json"), "utf8"));
    assert.equal(manifest.code, code);
    assert.equal(manifest.files.length, 3);
    for (const { name, bytes, sha256 } of manifest.files as { name: string; bytes: number; sha256: string }[]) {
      const kept = readFileSync(join(inside, name));
      assert.equal(kept.length, bytes, name);
      assert.equal(createHash("sha256").update(kept).digest("hex"), sha256, name);
      assert.equal(statSync(join(inside, name)).mtimeMs, 0, "no clock");
    }
    assert.equal(readFileSync(join(inside, manifest.files[2].name), "utf8"), "name,phone\nZhang,1\n");
    const text = readFileSync(join(inside, "report.md"), "utf8");
    assert.ok(text.includes(phone), "asked for in clear");
    assert.ok(!text.includes(card) && text.includes("6222••••"), text);
    for (const words of ["marmalade", "latecomer", "Heron", "Owl", "boss.csv"]) assert.ok(!text.includes(words), words);
    assert.ok(text.includes("````text\nA clerk sells lists.\n```\n# Not a heading"), "a typed fence closes nothing");
    assert.match(text, /a reviewer took it/);
    const pdf = readFileSync(join(inside, "report.pdf"));
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    // whole glyphs of a font that can write Chinese are in it, where the system has one
    const { wideFont } = await import("../../src/fonts.ts");
    assert.equal(/NotoS\w+CJK|PingFang|MicrosoftYaHei/.test(pdf.toString("latin1")), wideFont() !== undefined);
  });

  it("then the case is referred, the reporter reads that, and the log has both names and what was shown", async () => {
    assert.equal((await row()).status, "referred-police");
    const reporter = page.as("reporter, later");
    await reporter.command("mailbox");
    await reporter.says(receipt);
    assert.match(reporter.screen.text, /passed on to the police/);
    const all = await actions();
    assert.ok(all.includes("ask export police showing phone"), all.join("\n"));
    assert.ok(all.includes("export asked by Heron") && all.includes("hand over police showing phone asked by Heron"));
    assert.ok(!all.join("\n").includes(recipient) && !all.join("\n").includes(phone));
    assert.equal((await core.audit.verify()).broken, undefined);
  });

  it("holds nothing that was redacted after its page was drawn", async () => {
    await opens(web);
    await web.press("fetch");
    const [file] = web.screen.attachments!;
    const found = (await core.reports.byCode(code))!;
    const cut = (text: string) => text.replace("sells lists", "████");
    const redacted = await core.reports.rewrite(found, (told) => ({ ...told, story: cut(told.story ?? "") }), cut);
    await core.storage.transaction(redacted);
    writeFileSync(join(folder, "later.tar.age"), Buffer.from(await new Response(await file!.open()).arrayBuffer()));
    run("age", "-d", "-i", "recipient.txt", "-o", "later.tar", "later.tar.age");
    const bytes = readFileSync(join(folder, "later.tar"));
    assert.ok(bytes.includes("████") && !bytes.includes("sells lists"));
  });

  it("holds no file that was destroyed after its page was drawn", async () => {
    await opens(web);
    await web.press("fetch");
    const [file] = web.screen.attachments!;
    const found = (await core.reports.byCode(code))!;
    const [list] = await core.reports.files(found.id);
    await core.storage.transaction(core.reports.shred(found, list!.number));
    rmSync(join(home.home, "files", "kept", list!.blob.id));
    writeFileSync(join(folder, "less.tar.age"), Buffer.from(await new Response(await file!.open()).arrayBuffer()));
    run("age", "-d", "-i", "recipient.txt", "-o", "less.tar", "less.tar.age");
    const names = run("tar", "-tf", "less.tar").toString();
    assert.ok(names.includes("report.md") && !names.includes("file-1"), names);
    assert.ok(!readFileSync(join(folder, "less.tar")).includes("Zhang"));
  });

  it("breaks off where a file cannot be read, for who fetches it alone: the house goes on", async () => {
    const paper = { title: "A case", parts: [], narrow: "" };
    const lost = { name: "file-2.bin", bytes: 10, open: () => Promise.reject(new Error("not there")) };
    const whole = {
      name: "file-1.bin",
      bytes: 300_000,
      open: async () => new Blob([new Uint8Array(300_000)]).stream(),
    };
    for (const all of [[lost], [whole, lost]]) {
      const { stream } = await packed({ code: "ABC234", to: "police", day: 20_000 }, paper, all);
      const sealed = await outward.seal(stream, recipient);
      await assert.rejects(new Response(sealed).arrayBuffer(), /not there/);
    }
  });

  it("and can be fetched by nobody else, nor after its hour", async () => {
    const crane = await joins(core, chat, "Crane", "deputy");
    const browser = await onWeb(crane, "Crane's browser");
    await opens(browser);
    await browser.press("fetch");
    assert.equal(browser.screen.attachments, undefined);
    await opens(web);
    await web.press("fetch");
    const [file] = web.screen.attachments!;
    assert.ok(!(await core.storage.read("requests").first()).body.includes(recipient), "the key lies sealed");
    await core.storage.transaction((trx) => trx("requests").decrement("minute", 61));
    await assert.rejects(file!.open(), { code: "stale" }, "a page that was drawn in time does not help");
    await web.command("queue");
    assert.ok(!JSON.stringify(web.screen).includes("fetch"));
  });
});
