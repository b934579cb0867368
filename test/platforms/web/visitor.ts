/**
 * A browser without a screen: keeps cookies, follows redirects, reads our own markup and fills its forms the way a
 * browser does, in tree order and with the pressed button in its place.
 */
import assert from "node:assert/strict";

export interface Control {
  tag: "input" | "button" | "textarea" | "select";
  type: string;
  name: string;
  value: string;
  label: string;
  checked: boolean;
  options: { value: string; label: string; selected: boolean }[];
}

export interface FormSeen {
  action: string;
  multipart: boolean;
  controls: Control[];
}

export interface PageSeen {
  status: number;
  headers: Headers;
  html: string;
  /** What `<main>` says, tags dropped and entities resolved. */
  text: string;
  forms: FormSeen[];
  links: { href: string; label: string }[];
}

export interface FileToSend {
  name: string;
  type: string;
  bytes: Uint8Array;
}

/** What to send with a press: changes to fields by name, and files. */
export interface Filled {
  values?: Record<string, string[]>;
  files?: FileToSend[];
}

export class Visitor {
  readonly cookies = new Map<string, string>();
  readonly base: string;
  readonly headers: Record<string, string>;
  page: PageSeen | undefined;
  /** The last form as it was sent, to be sent once more. */
  sent: { path: string; init: RequestInit } | undefined;

  constructor(base: string, headers: Record<string, string> = {}) {
    this.base = base;
    this.headers = headers;
  }

  async raw(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join("; ");
    const headers = { ...this.headers, ...(cookie ? { cookie } : {}), ...(init.headers as Record<string, string>) };
    const answer = await fetch(this.base + path, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = "", ...rest] = line.split(";");
      const at = pair.indexOf("=");
      if (rest.some((r) => /^\s*max-age=0$/i.test(r))) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  /** The page as a transcript shows it: its lines, with what can be pressed in brackets. */
  seen(): string {
    const shown = this.page ?? assert.fail("no page");
    const labels = shown.forms.flatMap((form) => form.controls.map((control) => control.label));
    // a button's label stands in the page's text, too; so does an option's
    return shown.text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "")
      .map((line) => (labels.includes(line) ? `[${line}]` : line))
      .join("\n");
  }

  /** Fills the page's form in by the names of its fields, and sends it. */
  async fill(values: Record<string, string>): Promise<string> {
    const { form, button } = this.formWith("send");
    await this.submit(form, button, {
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [`f.${name}`, [value]])),
    });
    return this.seen();
  }

  async get(path: string): Promise<PageSeen> {
    return this.follow(await this.raw(path));
  }

  private async follow(answer: Response): Promise<PageSeen> {
    let at = answer;
    for (let hops = 0; at.status === 303 && hops < 5; hops++) {
      await at.arrayBuffer();
      at = await this.raw(at.headers.get("location") ?? "/");
    }
    this.page = readPage(at.status, at.headers, await at.text());
    return this.page;
  }

  /** Presses a button by its name and value in the page at hand. */
  async submit(form: FormSeen, button: Control | undefined, filled: Filled = {}): Promise<PageSeen> {
    this.sent = { path: form.action, init: requestOf(form, button, filled) };
    return this.again();
  }

  /** Sends the last form once more, as a double click does. */
  async again(): Promise<PageSeen> {
    assert.ok(this.sent, "nothing was sent yet");
    return this.follow(await this.raw(this.sent.path, this.sent.init));
  }

  /** Presses the button with this label; a radio with this label is picked and the list's own button pressed. */
  async press(label: string, filled: Filled = {}): Promise<PageSeen> {
    assert.ok(this.page, "no page yet");
    for (const form of this.page.forms) {
      const button = form.controls.find((c) => c.tag === "button" && c.label === label);
      if (button) return this.submit(form, button, filled);
      const radio = form.controls.find((c) => c.type === "radio" && c.label === label);
      const go = form.controls.find((c) => c.tag === "button" && c.name === "go");
      if (radio && go) return this.submit(form, go, { ...filled, values: { [radio.name]: [radio.value] } });
    }
    assert.fail(`no button "${label}"`);
  }

  /** The form with a button of this name. */
  formWith(name: string): { form: FormSeen; button: Control } {
    for (const form of this.page?.forms ?? []) {
      const button = form.controls.find((c) => c.tag === "button" && c.name === name);
      if (button) return { form, button };
    }
    assert.fail(`no form with a button named ${name}`);
  }
}

/** The fields that a browser would send, in tree order. */
export function entriesOf(
  form: FormSeen,
  button: Control | undefined,
  filled: Filled,
): [string, string | FileToSend][] {
  const out: [string, string | FileToSend][] = [];
  for (const control of form.controls) {
    const wish = filled.values?.[control.name];
    if (control.tag === "button") {
      if (control === button) out.push([control.name, control.value]);
    } else if (control.type === "file") {
      const files = filled.files ?? [];
      for (const file of files) out.push([control.name, file]);
      if (files.length === 0)
        out.push([control.name, { name: "", type: "application/octet-stream", bytes: new Uint8Array() }]);
    } else if (control.type === "checkbox" || control.type === "radio") {
      if (wish ? wish.includes(control.value) : control.checked) out.push([control.name, control.value]);
    } else if (control.type === "hidden") out.push([control.name, control.value]);
    else if (control.tag === "select")
      out.push([
        control.name,
        wish?.[0] ?? (control.options.find((o) => o.selected) ?? control.options[0])?.value ?? "",
      ]);
    else out.push([control.name, (wish?.[0] ?? control.value).replace(/\r?\n/g, "\r\n")]);
  }
  return out;
}

/** The request by which a browser sends this form. */
export function requestOf(form: FormSeen, button: Control | undefined, filled: Filled = {}): RequestInit {
  const entries = entriesOf(form, button, filled);
  if (!form.multipart) {
    const body = new URLSearchParams(entries as [string, string][]).toString();
    return { method: "POST", body, headers: { "content-type": "application/x-www-form-urlencoded" } };
  }
  const boundary = "----visitor7c1f";
  const pieces = entries.flatMap(([name, value]) => [...partOf(boundary, name, value), Buffer.from("\r\n")]);
  return {
    method: "POST",
    body: new Uint8Array(Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)])),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}

/** One part of a multipart body, as browsers write it. */
export function partOf(boundary: string, name: string, value: string | FileToSend): Uint8Array[] {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
  if (typeof value === "string") return [Buffer.from(`${head}\r\n\r\n${value}`)];
  return [Buffer.from(`${head}; filename="${value.name}"\r\nContent-Type: ${value.type}\r\n\r\n`), value.bytes];
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

export function decode(html: string): string {
  return html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? "");
}

function words(html: string): string {
  const blocks = html.replace(/<\/(p|h\d|li|label|legend|button|figcaption|div|output|option|textarea|a)>/g, "\n");
  return decode(blocks.replace(/<img[^>]* alt="([^"]*)"[^>]*>/g, "$1\n").replace(/<[^>]*>/g, "")).trim();
}

function attributes(tag: string): Map<string, string> {
  return new Map([...tag.matchAll(/\s([a-z-]+)="([^"]*)"/g)].map((m) => [m[1]!, decode(m[2]!)]));
}

export function readPage(status: number, headers: Headers, html: string): PageSeen {
  const main = /<main[^>]*>([\s\S]*)<\/main>/.exec(html)?.[1] ?? "";
  const forms = [...html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].map((m): FormSeen => {
    const own = attributes(m[1]!);
    return {
      action: own.get("action") ?? "",
      multipart: own.get("enctype") === "multipart/form-data",
      controls: readControls(m[2]!),
    };
  });
  const links = [...html.matchAll(/<a([^>]*)>([\s\S]*?)<\/a>/g)].map((m) => ({
    href: attributes(m[1]!).get("href") ?? "",
    label: words(m[2]!),
  }));
  return { status, headers, html, text: words(main), forms, links };
}

function readControls(html: string): Control[] {
  const labels = new Map(
    [...html.matchAll(/<label for="([^"]*)">([\s\S]*?)<\/label>/g)].map((m) => [m[1]!, labelIn(m[2]!)]),
  );
  const shape = /<(input)([^>]*)>|<(button|textarea|select)([^>]*)>([\s\S]*?)<\/\3>/g;
  const controls: Control[] = [];
  for (const m of html.matchAll(shape)) {
    const tag = (m[1] ?? m[3]) as Control["tag"];
    const own = attributes(m[2] ?? m[4] ?? "");
    const inside = m[5] ?? "";
    // A tick's words follow its box within the same label.
    const after = html.slice(m.index + m[0].length, html.indexOf("</label>", m.index));
    const ticked = own.get("type") === "checkbox" || own.get("type") === "radio";
    controls.push({
      tag,
      type: own.get("type") ?? tag,
      name: own.get("name") ?? "",
      value: tag === "textarea" ? decode(inside).replace(/^\n/, "") : (own.get("value") ?? ""),
      label: tag === "button" ? labelIn(inside) : ticked ? labelIn(after) : (labels.get(own.get("id") ?? "") ?? ""),
      checked: own.has("checked"),
      options: [...inside.matchAll(/<option([^>]*)>([^<]*)<\/option>/g)].map((o) => ({
        value: attributes(o[1]!).get("value") ?? "",
        label: decode(o[2]!),
        selected: attributes(o[1]!).has("selected"),
      })),
    });
  }
  return controls;
}

function labelIn(html: string): string {
  return words(/<span class="label">([\s\S]*?)<\/span>/.exec(html)?.[1] ?? html);
}
