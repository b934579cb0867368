/**
 * Forms and long menus, fitted to what a platform can do: a form of seven questions is one page on the web, two modals
 * on Discord and seven questions in a chat; a menu of forty is shown in pages; several-of-many becomes ticks where the
 * network has no such thing. Conversations never notice.
 */
import { plain } from "../platforms/platform.ts";
import type { Answer, Context } from "./conversation.ts";
import { coverAll, receiptTyped } from "./covered.ts";
import type { Choice, Field, Form, Menu, Screen } from "./screen.ts";
import type { Talk } from "./sessions.ts";
import type { Heard } from "./turns.ts";

/** Longest text that any field takes, where it says nothing of its own. */
const defaultMax = 4000;

/** Either the step's answer is complete, or the talk goes on inside the step. */
export type Filling = { answer: Answer } | { talk: Talk; notice?: string };

/** Reads an input against what is on the screen. */
export function fill(talk: Talk, screen: Screen, heard: Heard, ctx: Context): Filling {
  if (screen.form && fits(screen.form, ctx)) return fillWhole(talk, screen.form, heard, ctx);
  // beside anything but a whole form nothing is known about what was typed
  if (heard.kind === "choice") heard = { kind: "choice", value: heard.value };
  if (screen.form) return fillPart(talk, screen.form, heard, ctx);
  if (screen.menu)
    return pickFrom(talk, screen.menu, heard, ctx, (values) =>
      screen.menu!.many
        ? { answer: { kind: "choices", value: screen.menu!.done?.value ?? "done", values } }
        : { answer: { kind: "choice", value: values[0]! } },
    );
  return { answer: tidy(heard) };
}

/** Draws a step's screen as this platform can take it, with what is filled in so far. */
export function spell(talk: Talk, screen: Screen, ctx: Context): Screen {
  if (screen.form && !fits(screen.form, ctx)) return spellForm(talk, screen, screen.form, ctx);
  if (screen.form && talk.kept) {
    const fields = screen.form.fields.map((f) => ({ ...f, value: talk.kept?.[f.name] ?? f.value }));
    return { ...screen, form: { ...screen.form, fields } };
  }
  if (screen.menu) return { ...screen, ...spellMenu(talk, screen.menu, screen.buttons ?? [], ctx) };
  return screen;
}

function fits(form: Form, ctx: Context): boolean {
  return form.fields.length <= ctx.can.formFields;
}

function tidy(heard: Heard): Answer {
  if (heard.kind === "text") return { kind: "text", text: plain(heard.text).trim() };
  return heard as Answer;
}

/** One text checked against its field; the notice says what is wrong. */
function check(field: Field, text: string, ctx: Context): { text: string } | { notice: string } {
  const max = field.max ?? defaultMax;
  const clean = (field.kind === "line" ? plain(text).replace(/\n+/g, " ") : plain(text)).trim();
  if (field.required && clean === "") return { notice: ctx.t("bot:required", { label: field.label }) };
  if (clean.length > max)
    return { notice: ctx.t("bot:too-long", { label: field.label, over: clean.length - max, max }) };
  const codes =
    field.kind === "choices" ? clean.split(",").filter(Boolean) : field.kind === "choice" && clean ? [clean] : [];
  const known = new Set(field.options?.map((o) => o.value));
  if (codes.some((code) => !known.has(code))) return { notice: ctx.t("bot:press-one") };
  return { text: clean };
}

/** The whole form came at once (a page, a modal). */
function fillWhole(talk: Talk, form: Form, heard: Heard, ctx: Context): Filling {
  if (heard.kind === "text" && form.fields.length === 1)
    heard = { kind: "form", value: form.send.value, values: { [form.fields[0]!.name]: heard.text } };
  if (heard.kind === "choice") return pressBeside(talk, form, heard, ctx);
  if (heard.kind !== "form") return { answer: tidy(heard) };
  const read = readFields(form.fields, heard.values, ctx);
  if ("notice" in read) return { talk: { ...talk, kept: keepable(form, heard.values, ctx) }, notice: read.notice };
  return { answer: { kind: "form", value: form.send.value, values: read.values } };
}

/**
 * A button beside the form, pressed with something typed in it. The ways of every step (`!back`, `!skip`) leave that
 * behind. What is typed goes along with any other, checked; but who presses it sends no answers, so none is required.
 */
function pressBeside(talk: Talk, form: Form, heard: Extract<Heard, { kind: "choice" }>, ctx: Context): Filling {
  const { value, values } = heard;
  const open = { ...form, fields: form.fields.filter((f) => !hidden(f)).map((f) => ({ ...f, required: false })) };
  if (!values || value.startsWith("!") || open.fields.length === 0) return { answer: { kind: "choice", value } };
  if (open.fields.some((f) => ctx.desk.holdsReceipt(values[f.name] ?? ""))) {
    const kept = keepable(open, values, ctx);
    return { talk: { ...talk, kept }, notice: receiptTyped(Object.values(kept), ctx) };
  }
  const read = readFields(open.fields, values, ctx);
  if ("notice" in read) return { talk: { ...talk, kept: keepable(form, values, ctx) }, notice: read.notice };
  return { answer: { kind: "choice", value, values: read.values } };
}

/** Every field's text, checked; or what is wrong with the first that does not pass. */
function readFields(
  fields: Field[],
  given: Record<string, string>,
  ctx: Context,
): { values: Record<string, string> } | { notice: string } {
  const values: Record<string, string> = {};
  for (const field of fields) {
    const checked = check(field, given[field.name] ?? "", ctx);
    if ("notice" in checked) return checked;
    values[field.name] = checked.text;
  }
  return { values };
}

/** A receipt or a passphrase: never remembered, never shown again. */
function hidden(field: Field): boolean {
  return field.kind === "secret" || field.kind === "passphrase";
}

/** Answers to show again after an error; never a passphrase or a receipt. */
function keepable(form: Form, values: Record<string, string>, ctx: Context): Record<string, string> {
  const open = form.fields.filter((f) => !hidden(f)).map((f) => [f.name, values[f.name] ?? ""]);
  return coverAll(Object.fromEntries(open), ctx);
}

/** The part of a form that is asked now: one question where there are no forms, else as many as fit. */
function part(talk: Talk, form: Form, ctx: Context): { at: number; fields: Field[]; values: Record<string, string> } {
  const at = Math.min(talk.filling?.at ?? 0, form.fields.length - 1);
  return {
    at,
    fields: form.fields.slice(at, at + Math.max(1, ctx.can.formFields)),
    values: talk.filling?.values ?? {},
  };
}

function fillPart(talk: Talk, form: Form, heard: Heard, ctx: Context): Filling {
  const { at, fields, values } = part(talk, form, ctx);
  const field = fields[0]!;
  const onwards = (given: Record<string, string>): Filling => {
    const all = { ...values, ...given };
    const next = at + fields.length;
    if (next < form.fields.length) {
      const trail = [...(talk.filling?.trail ?? []), at];
      return {
        talk: {
          ...talk,
          filling: { at: next, values: all, trail },
          picked: undefined,
          page: undefined,
          kept: undefined,
        },
      };
    }
    for (const f of form.fields) all[f.name] ??= f.value ?? "";
    return { answer: { kind: "form", value: form.send.value, values: all } };
  };

  if (heard.kind === "form") {
    const read = readFields(fields, heard.values, ctx);
    if ("notice" in read)
      return { talk: { ...talk, kept: keepable({ ...form, fields }, heard.values, ctx) }, notice: read.notice };
    return onwards(read.values);
  }
  if (heard.kind === "choice" && heard.value === "!skip") {
    if (fields.some((f) => f.required)) return { talk, notice: ctx.t("bot:required", { label: field.label }) };
    if (form.fields.length === 1) return { answer: heard }; // the question is the step
    return onwards(Object.fromEntries(fields.map((f) => [f.name, f.value ?? ""])));
  }
  if (heard.kind === "choice" && heard.value === "!rest") {
    if (form.fields.slice(at).some((f) => f.required))
      return { talk, notice: ctx.t("bot:required", { label: field.label }) };
    const all: Record<string, string> = { ...values };
    for (const f of form.fields) all[f.name] ??= f.value ?? "";
    return { answer: { kind: "form", value: form.send.value, values: all } };
  }
  if (field.kind === "choice" || field.kind === "choices") {
    return pickFrom(talk, menuOf(field, field.label, ctx), heard, ctx, (picked) =>
      onwards({ [field.name]: picked.join(",") }),
    );
  }
  if (heard.kind === "choice") return { answer: heard }; // a button of the screen itself
  if (heard.kind !== "text") return { talk, notice: ctx.t("bot:type-it") };
  const checked = check(field, heard.text, ctx);
  if ("notice" in checked) return { talk, notice: checked.notice };
  return onwards({ [field.name]: checked.text });
}

function spellForm(talk: Talk, screen: Screen, form: Form, ctx: Context): Screen {
  const { at, fields, values } = part(talk, form, ctx);
  const count = form.fields.length;
  const optional = !fields.some((f) => f.required);
  const extras: Choice[] = [];
  if (optional && count > 1) extras.push({ value: "!skip", label: ctx.t("bot:skip"), tone: "quiet" });
  if (optional && at + fields.length < count && !form.fields.slice(at).some((f) => f.required)) {
    extras.push({ value: "!rest", label: ctx.t("bot:skip-rest"), tone: "quiet" });
  }
  const buttons = [
    ...(at === 0 ? (screen.buttons ?? []) : (screen.buttons ?? []).filter((b) => b.tone === "quiet")),
    ...extras,
  ];
  if (ctx.can.formFields > 0) {
    const parts = Math.ceil(count / ctx.can.formFields);
    const now = {
      ...form,
      fields: fields.map((f) => ({ ...f, value: talk.kept?.[f.name] ?? values[f.name] ?? f.value })),
      send: parts > 1 ? { ...form.send, label: ctx.t("bot:fill-in") } : form.send,
    };
    return { ...screen, text: at === 0 ? screen.text : form.title, form: now, buttons };
  }
  const field = fields[0]!;
  const question = [
    field.label,
    field.hint,
    field.value && !hidden(field) ? ctx.t("bot:now", { value: shown(field) }) : undefined,
  ]
    .filter(Boolean)
    .join("\n");
  // what is picked from a menu is asked by the menu, right above its options
  const menu = field.kind === "choice" || field.kind === "choices" ? menuOf(field, question, ctx) : undefined;
  const asked: Screen = {
    ...screen,
    form: undefined,
    ours: undefined, // what was answered so far stands in the text
    text: [
      ...(at === 0 && screen.text !== "" ? [screen.text] : []),
      ...(count > 1 ? [ctx.t("bot:question", { at: at + 1, of: count })] : []),
      ...(menu ? [] : [question]),
    ].join("\n\n"),
    buttons,
  };
  return menu ? { ...asked, ...spellMenu(talk, menu, buttons, ctx) } : asked;
}

function shown(field: Field): string {
  const codes = field.kind === "choices" || field.kind === "choice" ? field.value!.split(",") : [field.value!];
  return codes.map((code) => field.options?.find((o) => o.value === code)?.label ?? code).join(", ");
}

function menuOf(field: Field, hint: string, ctx: Context): Menu {
  const chosen = new Set((field.value ?? "").split(","));
  return {
    hint,
    many: field.kind === "choices",
    done: { value: "done", label: ctx.t("bot:done") },
    options: (field.options ?? []).map((o) => ({ ...o, on: chosen.has(o.value) })),
  };
}

/** Options of one page. */
function pageOf(talk: Talk, menu: Menu, ctx: Context): { options: Choice[]; page: number; pages: number } {
  const size = ctx.can.menuOptions;
  const pages = Math.max(1, Math.ceil(menu.options.length / size));
  const page = Math.min(talk.page ?? 0, pages - 1);
  return { options: menu.options.slice(page * size, (page + 1) * size), page, pages };
}

function spellMenu(talk: Talk, menu: Menu, buttons: Choice[], ctx: Context): Partial<Screen> {
  const { options, page, pages } = pageOf(talk, menu, ctx);
  const picked = talk.picked;
  const drawn = options.map((o) => ({ ...o, on: menu.many && picked ? picked.includes(o.value) : o.on }));
  const ticks = menu.many && !ctx.can.menuMany;
  const turn: Choice[] = [];
  if (page > 0) turn.push({ value: "!less", label: ctx.t("bot:less"), tone: "quiet" });
  if (page < pages - 1) turn.push({ value: "!more", label: ctx.t("bot:more"), tone: "quiet" });
  return {
    menu: {
      ...menu,
      hint: pages > 1 ? ctx.t("bot:page", { hint: menu.hint, at: page + 1, of: pages }) : menu.hint,
      options: ticks ? drawn.map((o) => ({ ...o, value: `!t:${o.value}` })) : drawn,
      done: menu.many ? (menu.done ?? { value: "done", label: ctx.t("bot:done") }) : undefined,
    },
    buttons: [...turn, ...buttons],
  };
}

function pickFrom(
  talk: Talk,
  menu: Menu,
  heard: Heard,
  ctx: Context,
  complete: (values: string[]) => Filling,
): Filling {
  const known = new Set(menu.options.map((o) => o.value));
  const sofar = talk.picked ?? menu.options.filter((o) => o.on).map((o) => o.value);
  const { options, page, pages } = pageOf(talk, menu, ctx);
  if (heard.kind === "choices") {
    if (!menu.many && !heard.values.some((v) => known.has(v))) return { talk, notice: ctx.t("bot:press-one") };
    // what was ticked on other pages stays
    const elsewhere = sofar.filter((v) => !options.some((o) => o.value === v));
    const picked = [...new Set([...elsewhere, ...heard.values.filter((v) => known.has(v))])];
    return pages > 1 ? { talk: { ...talk, picked } } : complete(ordered(picked, menu));
  }
  if (heard.kind !== "choice") {
    if (heard.kind === "text" && !menu.many) {
      const typed = plain(heard.text).trim().toLowerCase();
      const match = menu.options.filter((o) => o.label.toLowerCase() === typed);
      if (match.length === 1) return complete([match[0]!.value]);
    }
    return { answer: tidy(heard) }; // the step says what it makes of a text or a file
  }
  if (heard.value === "!more") return { talk: { ...talk, page: page + 1, picked: menu.many ? sofar : undefined } };
  if (heard.value === "!less") return { talk: { ...talk, page: page - 1, picked: menu.many ? sofar : undefined } };
  if (heard.value.startsWith("!t:")) {
    const value = heard.value.slice(3);
    if (!known.has(value)) return { talk, notice: ctx.t("bot:stale") };
    return { talk: { ...talk, picked: sofar.includes(value) ? sofar.filter((v) => v !== value) : [...sofar, value] } };
  }
  if (menu.many && heard.value === (menu.done?.value ?? "done")) return complete(ordered(sofar, menu));
  if (!menu.many && known.has(heard.value)) return complete([heard.value]);
  return { answer: heard };
}

function ordered(values: string[], menu: Menu): string[] {
  return menu.options.map((o) => o.value).filter((v) => values.includes(v));
}
