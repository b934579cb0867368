/** A person with a Discord client: what it shows, and what it lets a person do. */
import type { Channel, DiscordServer, Interaction, Json, Stored } from "./discord.ts";
import { show } from "./discord-rules.ts";

/** One act: its wire type (2 command, 3 component, 5 modal) and data. */
export interface Press {
  type: number;
  data: Json;
  channel: Channel;
  message?: Stored;
}

/** What is on the screen; `formats` names every formatting, link and mention that was rendered. */
export interface View {
  text: string;
  buttons: string[];
  options: string[];
  fields: string[];
  formats: string[];
  files: string[];
  /** The address of each link button. */
  links: string[];
}

/** One account. Acts happen in private, or in the place that was last entered. */
export class Account {
  readonly id: string;
  readonly locale: string;
  /** Has added the app to the account, and shares no server with it. */
  installed = false;
  /** May manage the server. */
  manager = false;
  private readonly server: DiscordServer;
  private place: Channel | undefined;
  private last: Interaction | undefined;

  constructor(server: DiscordServer, id: string, locale: string) {
    this.server = server;
    this.id = id;
    this.locale = locale;
  }

  /** The same account, acting in a place of the server. */
  in(place: Channel): Account {
    const there = new Account(this.server, this.id, this.locale);
    there.place = place;
    there.manager = this.manager;
    return there;
  }

  private get channel(): Channel {
    return this.place ?? this.server.direct(this.id);
  }

  /** Uses a slash command, as far as it is offered here; `option` is what stands in its one option. */
  async command(name: string, option?: string): Promise<View> {
    return this.act({ type: 2, data: this.slash(name, option), channel: this.channel });
  }

  /** What the client offers while this is typed into the option of a slash command. */
  async complete(name: string, typed: string): Promise<{ name: string; value: string }[]> {
    const data = this.slash(name, typed);
    data.options[0].focused = true;
    this.last = await this.server.act(this, { type: 4, data, channel: this.channel });
    return this.last.choices ?? [];
  }

  private slash(name: string, value?: string): Json {
    const offered = this.server.commands.find((c) => c.name === name);
    if (!offered?.contexts.includes(this.place ? 0 : 1)) throw new Error(`no command /${name} here`);
    if (value === undefined) return { id: "1", type: 1, name, options: [] };
    const option = offered.options?.[0];
    if (!option?.autocomplete) throw new Error(`/${name} completes nothing`);
    return { id: "1", type: 1, name, options: [{ name: option.name, type: option.type, value }] };
  }

  /** Presses the button, or picks the single option, with this label in the latest message that has it. */
  async press(label: string): Promise<View> {
    const found = this.findPart((part) => part.label === label || part.options?.some((o: Json) => o.label === label));
    if (!found) throw new Error(`nothing to press: ${label}`);
    const { part, message } = found;
    if (part.type === 2)
      return this.act({
        type: 3,
        data: { component_type: 2, custom_id: part.custom_id },
        channel: this.channel,
        message,
      });
    const values = [part.options.find((o: Json) => o.label === label).value];
    return this.act({
      type: 3,
      data: { component_type: 3, custom_id: part.custom_id, values },
      channel: this.channel,
      message,
    });
  }

  /** Leaves exactly these options of the latest menu chosen. */
  async choose(labels: string[]): Promise<View> {
    const found = this.findPart((part) => part.type === 3);
    if (!found) throw new Error("no menu");
    const { part, message } = found;
    const values = part.options.filter((o: Json) => labels.includes(o.label)).map((o: Json) => o.value);
    if (values.length < (part.min_values ?? 1) || values.length > (part.max_values ?? 1))
      throw new Error("the client refuses the choice");
    return this.act({
      type: 3,
      data: { component_type: 3, custom_id: part.custom_id, values },
      channel: this.channel,
      message,
    });
  }

  /** The modal that is open. */
  get modal(): Json | undefined {
    return this.last?.modal;
  }

  /** Presses the first button of the last message, which opens a form or file picker. */
  async openForm(): Promise<View> {
    const found = this.findPart((part) => part.type === 2);
    if (!found) throw new Error("nothing opens a form");
    return this.press(found.part.label);
  }

  /** Fills the open modal (or opens it first) by field names and sends it; fields that are not named keep what stood there. */
  async fill(values: Record<string, string>): Promise<View> {
    if (!this.modal) await this.openForm();
    return this.submit((part) => answerField(part, values[part.custom_id]), {});
  }

  /** Picks files in the open modal (or opens it first) and sends it. */
  async attach(files: { name: string; type: string; bytes: Uint8Array }[]): Promise<View> {
    if (!this.modal) await this.openForm();
    const uploaded = files.map((f) => this.server.upload(f.name, f.type, f.bytes));
    return this.submit(
      (part) => {
        if (uploaded.length < (part.min_values ?? 1) || uploaded.length > (part.max_values ?? 1))
          throw new Error("the client refuses the files");
        return { values: uploaded.map((u) => u.id) };
      },
      { attachments: Object.fromEntries(uploaded.map((u) => [u.id, u])) },
    );
  }

  private submit(answer: (part: Json) => Json, resolved: Json): Promise<View> {
    const modal = this.modal;
    if (!modal) throw new Error("no modal is open");
    const from = this.last!.event.message && this.channel.messages.get(this.last!.event.message.id);
    const components = modal.components.map(({ component: part }: Json, id: number) => ({
      type: 18,
      id,
      component: { type: part.type, id: id + 100, custom_id: part.custom_id, ...answer(part) },
    }));
    return this.act({
      type: 5,
      data: { custom_id: modal.custom_id, components, resolved },
      channel: this.channel,
      ...(from ? { message: from } : {}),
    });
  }

  /** Sends the last act once more, as the gateway may. */
  async redeliver(): Promise<View> {
    await this.server.deliver(this.last!);
    return this.seen();
  }

  private async act(press: Press): Promise<View> {
    this.last = await this.server.act(this, press);
    return this.seen();
  }

  /** Messages of this channel that this account can see, oldest first. */
  messages(): Stored[] {
    return [...this.channel.messages.values()].filter((m) => !m.only || m.only === this.id);
  }

  private findPart(fits: (part: Json) => boolean): { part: Json; message: Stored } | undefined {
    for (const message of this.messages().reverse())
      for (const row of message.components) for (const part of row.components) if (fits(part)) return { part, message };
    return undefined;
  }

  /** The last answer. */
  seen(): View {
    const drawn = new Set(this.last?.drawn);
    const view = viewOf(this.messages().filter((m) => drawn.has(m.id)));
    view.fields = (this.modal?.components ?? []).map((c: Json) => c.label);
    return view;
  }

  /** The newest message in the private channel that came out of the blue. */
  pushed(): View | undefined {
    const message = this.messages()
      .filter((m) => !m.only)
      .at(-1);
    return message && viewOf([message]);
  }
}

function viewOf(messages: Stored[]): View {
  const parts: Json[] = messages.flatMap((m) => m.components.flatMap((row) => row.components));
  const shown = messages.map((m) => show(m.content));
  return {
    text: [
      ...shown.map((s) => s.text),
      ...messages.flatMap((m) => m.attachments.flatMap((a) => a.description ?? [])),
      ...parts.flatMap((p) => (p.options?.some((o: Json) => o.default) ? [] : (p.placeholder ?? []))),
    ].join("\n"),
    formats: shown.flatMap((s) => s.formats),
    buttons: parts.filter((p) => p.type === 2).map((p) => p.label),
    links: parts.filter((p) => p.url).map((p) => p.url),
    options: parts.flatMap((p) => p.options ?? []).map((o) => o.label),
    fields: [],
    files: messages.flatMap((m) => m.attachments.map((a) => a.filename)),
  };
}

function answerField(part: Json, given: string | undefined): Json {
  const required = part.required ?? true;
  const defaults = (part.options ?? []).filter((o: Json) => o.default).map((o: Json) => o.value);
  const known = new Set((part.options ?? []).map((o: Json) => o.value));
  if (part.type === 4) {
    const value = given ?? part.value ?? "";
    if ((required && !value) || value.length > (part.max_length ?? 4000))
      throw new Error(`the client refuses ${part.custom_id}`);
    return { value };
  }
  const values = given === undefined ? defaults : given.split(",").filter((v) => v);
  if (values.some((v: string) => !known.has(v)) || (required && !values.length))
    throw new Error(`the client refuses ${part.custom_id}`);
  return part.type === 21 ? { value: values[0] ?? null } : { values };
}
