/**
 * What Discord refuses, and what its client makes of Markdown: pure functions of the stand-in. The limits are those of
 * the API's reference (message, components, modals); the Markdown rules are those that a client applies to content.
 */
// biome-ignore lint/suspicious/noExplicitAny: the wire is unchecked by nature
type Json = Record<string, any>;

const text = (value: unknown, min: number, max: number): boolean =>
  typeof value === "string" && value.length >= min && value.length <= max;

/** Problems of a message body; empty where Discord would take it. */
export function messageProblems(body: Json, files: number): string[] {
  const problems: string[] = [];
  const say = (ok: boolean, problem: string): void => void (ok || problems.push(problem));
  const rows: Json[] = body.components ?? [];
  say(body.content === undefined || text(body.content, 0, 2000), "content[BASE_TYPE_MAX_LENGTH]");
  say(Boolean(body.content?.trim()) || files > 0, "content[EMPTY]");
  say(rows.length <= 5, "components[BASE_TYPE_MAX_LENGTH]");
  const ids = new Set<string>();
  for (const row of rows) {
    say(row.type === 1, "components[TYPE]");
    const parts: Json[] = row.components ?? [];
    say(parts.length >= 1 && parts.length <= 5, "components.components[LENGTH]");
    for (const part of parts) {
      if (part.type === 2) {
        say(text(part.label, 1, 80), "button.label");
        if (part.style === 5)
          say(text(part.url, 1, 512) && /^(https?|discord):\/\//.test(part.url) && !part.custom_id, "button.url");
        else say(text(part.custom_id, 1, 100) && !part.url, "button.custom_id");
      } else if (part.type === 3) {
        say(parts.length === 1, "select[ROW]");
        say(part.placeholder === undefined || text(part.placeholder, 0, 150), "select.placeholder");
        problems.push(...selectProblems(part, 25));
      } else say(false, "component[TYPE]");
      if (part.custom_id) {
        say(!ids.has(part.custom_id), "components[COMPONENT_CUSTOM_ID_DUPLICATED]");
        ids.add(part.custom_id);
      }
    }
  }
  if (body.nonce !== undefined) say(text(String(body.nonce), 1, 25), "nonce[BASE_TYPE_MAX_LENGTH]");
  return problems;
}

function selectProblems(part: Json, most: number, least = 1): string[] {
  const problems: string[] = [];
  const options: Json[] = part.options ?? [];
  if (!text(part.custom_id, 1, 100)) problems.push("select.custom_id");
  if (options.length < least || options.length > most) problems.push("options[LENGTH]");
  if (new Set(options.map((o) => o.value)).size !== options.length) problems.push("options[DUPLICATED]");
  for (const o of options)
    if (
      !text(o.label, 1, 100) ||
      !text(o.value, 1, 100) ||
      (o.description !== undefined && !text(o.description, 0, 100))
    )
      problems.push("option");
  const max = part.max_values ?? 1;
  if ((part.min_values ?? 1) > max || max > options.length) problems.push("max_values");
  return problems;
}

/** Problems of a modal. */
export function modalProblems(body: Json): string[] {
  const problems: string[] = [];
  const say = (ok: boolean, problem: string): void => void (ok || problems.push(problem));
  const parts: Json[] = body.components ?? [];
  say(text(body.custom_id, 1, 100), "custom_id");
  say(text(body.title, 1, 45), "title");
  say(parts.length >= 1 && parts.length <= 5, "components[LENGTH]");
  for (const { type, label, description, component: c } of parts) {
    say(type === 18 && text(label, 1, 45) && (description === undefined || text(description, 0, 100)), "label");
    say(text(c?.custom_id, 1, 100), "component.custom_id");
    const required = c?.required ?? true;
    if (c?.type === 4) {
      say(c.max_length === undefined || (c.max_length >= 1 && c.max_length <= 4000), "max_length");
      say(c.value === undefined || text(c.value, 0, c.max_length ?? 4000), "value");
      say(c.style === 1 || c.style === 2, "style");
    } else if (c?.type === 3) problems.push(...selectProblems(c, 25));
    else if (c?.type === 21) {
      problems.push(...selectProblems(c, 10, 2));
      say(c.options.filter((o: Json) => o.default).length <= 1, "radio[DEFAULTS]");
    } else if (c?.type === 22)
      problems.push(...selectProblems({ ...c, max_values: c.max_values ?? c.options?.length }, 10));
    else if (c?.type === 19)
      say((c.max_values ?? 1) <= 10 && (c.min_values ?? 1) <= (c.max_values ?? 1), "file_upload");
    else say(false, "component[TYPE]");
    if (c && required === false) say(!(c.min_values > 0), "min_values[REQUIRED]");
  }
  const ids = parts.map((p) => p.component?.custom_id);
  say(new Set(ids).size === ids.length, "components[COMPONENT_CUSTOM_ID_DUPLICATED]");
  return problems;
}

/** What a client shows of a content: the visible text, and every kind of formatting, link or mention in it. */
export interface Shown {
  text: string;
  formats: string[];
}

const inline: [kind: string, rule: RegExp, keep?: (match: RegExpExecArray) => string][] = [
  ["escape", /^\\([^0-9A-Za-z\s])/, (m) => `\u0000${m[1]}`],
  ["code", /^(`+)([\s\S]*?[^`])\1(?!`)/, (m) => `\u0000${[...m[2]!].join("\u0000")}`],
  ["mention", /^<@[!&]?\d+>|^<#\d+>/, () => "@somebody"],
  ["emoji", /^<a?:\w+:\d+>/, () => "(emoji)"],
  ["time", /^<t:-?\d+(?::\w)?>/, () => "(time)"],
  ["link", /^<(https?:\/\/[^\s>]+)>/, (m) => `\u0000${[...m[1]!].join("\u0000")}`],
  ["link", /^\[((?:\\.|[^\]\\])+)\]\(<?(?:https?:\/\/)[^)\s]+\)/],
  ["link", /^https?:\/\/[^\s<]+/, (m) => `\u0000${[...m[0]].join("\u0000")}`],
  ["invite", /^discord(?:app)?\.(?:gg|com\/invite)\/[\w-]+/i, () => "(invite)"],
  ["bold", /^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/],
  ["underline", /^__((?:\\[\s\S]|[^\\])+?)__(?!_)/],
  ["italics", /^_((?:\\[\s\S]|[^\\_])+?)_(?!\w)/],
  ["italics", /^\*(?=\S)((?:\\[\s\S]|[^\\*])+?)\*(?!\*)/],
  ["strike", /^~~((?:\\[\s\S]|[^\\])+?)~~/],
  ["spoiler", /^\|\|((?:\\[\s\S]|[^\\])+?)\|\|/],
  ["everyone", /^@(?:everyone|here)/, () => "(everyone)"],
];

function showInline(source: string, formats: string[]): string {
  let out = "";
  let rest = source;
  next: while (rest) {
    for (const [kind, rule, keep] of inline) {
      const match = rule.exec(rest);
      if (!match) continue;
      if (kind !== "escape") formats.push(kind);
      out += keep ? keep(match).replaceAll("\u0000", "") : showInline(match[1] ?? "", formats);
      rest = rest.slice(match[0].length);
      continue next;
    }
    out += rest[0];
    rest = rest.slice(1);
  }
  return out;
}

/** Resolves a content as a client does. */
export function show(content: string): Shown {
  const formats: string[] = [];
  const lines = content.split("\n").map((line) => {
    let rest = line;
    if (/^> /.test(rest)) {
      formats.push("quote");
      rest = rest.slice(2);
    }
    for (const [kind, rule] of [
      ["quote", /^>>> /],
      ["heading", /^#{1,3} /],
      ["small", /^-# /],
      ["list", /^\s*[-*] /],
      ["list", /^\s*\d+\. /],
    ] as const) {
      if (!rule.test(rest)) continue;
      formats.push(kind);
      rest = rest.replace(rule, "");
      break;
    }
    return rest;
  });
  return { text: showInline(lines.join("\n"), formats), formats };
}
