import assert from "node:assert/strict";
import { choices, wordsOf } from "../support/caller.ts";
import { testHome } from "../support/house.ts";
import { sentences } from "../support/sentences.ts";
import { type Seen, wander } from "../support/walk.ts";

/** Two walks that are the same each time, by which nearly every screen is seen, and one that is new. */
const walks = [
  { seed: 7, steps: 200 },
  { seed: 12, steps: 200 },
  { seed: Math.floor(Math.random() * 2 ** 31), steps: Number(process.env.WALK_STEPS ?? 60) },
];

describe("wandering about the whole house", () => {
  /** The limits of the networks that cut or refuse what is longer; a hint is cut by Discord, so it is only told. */
  const limits = { telegram: { label: 64 }, discord: { button: 80, option: 100, modal: 45, field: 45, hint: 100 } };
  const seen: Seen[] = [];

  before(async function () {
    this.timeout(240_000);
    const t = testHome();
    const core = await t.core();
    core.setPage("https://tips.example.org");
    const apologies = core.words.locales.flatMap((l) =>
      ["turn-failed", "turn-contended"].map((code) => core.words.say(l.value, `errors:${code}`)),
    );
    for (const { seed, steps } of walks)
      await wander(core, seed, steps, (what) => {
        check(what, apologies, `seed ${seed}, ${JSON.stringify(t.notes.at(-1))}`);
        const screen = { ...what.screen, attachments: undefined, picture: undefined };
        seen.push(structuredClone({ ...what, screen, did: { kind: "look" } }));
      });
    assert.deepEqual(
      t.notes.filter((n) => n.code.endsWith("failed")),
      [],
    );
    await core.close();
    t.remove();
  });

  it("never ends in an apology, a word that is missing, or a button that cannot be pressed", () => {
    assert.ok(seen.length > 1000); // each screen was checked as it was seen
  });

  const over = (platform: string, texts: (s: Seen) => { text: string | undefined; max: number }[]): string[] => [
    ...new Set(
      seen
        .filter((s) => s.platform === platform)
        .flatMap((s) =>
          texts(s).flatMap(({ text = "", max }) =>
            text.length > max ? [`${s.locale}: ${text} (${text.length} of ${max})`] : [],
          ),
        ),
    ),
  ];

  it("fit on Telegram's buttons", () => {
    assert.deepEqual(
      over("telegram", ({ screen, can }) => {
        // options of a native quiz are no buttons
        const options = screen.quiz ? (screen.menu?.options ?? []).map((o) => o.value) : [];
        return choices(screen).map(({ label, value }) => ({
          text: label,
          max: options.includes(value) ? can.quiz!.option : limits.telegram.label,
        }));
      }),
      [],
    );
  });

  it("fit on Discord's buttons, options and modals", () => {
    const { button, option, modal, field } = limits.discord;
    assert.deepEqual(
      over("discord", ({ screen }) => [
        ...(screen.buttons ?? []).map((b) => ({ text: b.label, max: button })),
        ...[...(screen.menu?.options ?? []), ...(screen.form?.fields ?? []).flatMap((f) => f.options ?? [])].map(
          (o) => ({ text: o.label, max: option }),
        ),
        { text: screen.form?.title, max: modal },
        ...(screen.form?.fields ?? []).map((f) => ({ text: f.label, max: field })),
      ]),
      [],
    );
    const cut = over("discord", ({ screen }) =>
      (screen.form?.fields ?? []).map((f) => ({ text: f.hint, max: limits.discord.hint })),
    );
    for (const hint of cut) console.log(`      (cut by Discord: ${hint})`);
  });

  it("were looked at on nearly every screen there is", () => {
    const titles = new Set(seen.map((s) => s.screen.title));
    const wanted = [...sentences("en")]
      .filter(
        ([key, text]) => /^(report|mailbox|review|help|language|signin):.*title$/.test(key) && !text.includes("{{"),
      )
      .filter(([, text]) => !titles.has(text));
    console.log(`      (not seen: ${wanted.map(([key]) => key).join(", ") || "none"})`);
    assert.ok(wanted.length <= 8, wanted.map(([key]) => key).join(", "));
  });
});

function check({ platform, did, screen, can }: Seen, apologies: string[], where: string): void {
  const after = `${where}, ${platform}, after ${JSON.stringify(did).slice(0, 200)}: ${JSON.stringify(screen).slice(0, 1000)}`;
  assert.ok(!apologies.includes(screen.text) && !apologies.includes(screen.notice ?? ""), after);
  for (const choice of choices(screen)) {
    assert.ok(Buffer.byteLength(choice.value) <= can.value, `a value is too long: ${choice.value} ${after}`);
    assert.notEqual(choice.label.trim(), "", `an empty label ${after}`);
  }
  for (const words of wordsOf(screen))
    assert.doesNotMatch(words, /\b(?!https?:)[a-z]{3,}:[a-z][\w-]*\.?|\{\{|\bundefined\b|\bNaN\b|\[object/, after);
  assert.ok((screen.menu?.options.length ?? 0) <= can.menuOptions, `too many options ${after}`);
  assert.ok((screen.form?.fields.length ?? 0) <= can.formFields, `too many questions ${after}`);
  assert.ok(screen.text !== "" || screen.title || screen.form || screen.menu, `an empty screen ${after}`);
}
