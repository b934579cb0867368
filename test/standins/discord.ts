/**
 * A Discord on the loopback: the REST API (v10) and the gateway, with people who have accounts and clients. It refuses
 * what the real one refuses where that matters, and it can misbehave. Nothing here waits for a clock.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Account, type Press } from "./discord-client.ts";
import { Gateway, snowflake } from "./discord-gateway.ts";
import { messageProblems, modalProblems, show } from "./discord-rules.ts";

// biome-ignore lint/suspicious/noExplicitAny: the wire is unchecked by nature
export type Json = Record<string, any>;

/** How the next matching calls go wrong. */
export interface Fault {
  /** The method and path, such as `POST /channels/1/messages`. */
  on: RegExp;
  /** 429: slow down; an error: refuse; "lost": act, then drop the connection; "cut": drop it without acting. */
  how: "lost" | "cut" | { status: number; code?: number; retryAfter?: number; message?: string };
  /** How many calls; 1 unless told. */
  times?: number;
}

export interface Stored {
  id: string;
  channel_id: string;
  content: string;
  components: Json[];
  flags: number;
  attachments: Json[];
  nonce?: string;
  /** Only this account sees it. */
  only?: string;
}

export interface Channel {
  id: string;
  type: number;
  guild_id?: string;
  recipient?: string;
  parent_id?: string;
  name?: string;
  flags?: number;
  available_tags?: Json[];
  applied_tags?: string[];
  archived?: boolean;
  /** Only who may manage threads writes into it, or opens it again. */
  locked?: boolean;
  messages: Map<string, Stored>;
}

export interface Interaction {
  event: Json;
  account: string;
  /** Message, deferral, update or modal that came first. */
  first?: number;
  original?: string;
  /** Messages drawn by it, in order. */
  drawn: string[];
  modal?: Json;
  /** What was offered while somebody typed. */
  choices?: { name: string; value: string }[];
  /** Follow-ups so far. */
  more?: number;
  began: number;
}

class Refusal extends Error {
  status: number;
  body: Json;
  constructor(status: number, code: number, message: string, more: Json = {}) {
    super(message);
    this.status = status;
    this.body = { code, message, ...more };
  }
}

/** One running stand-in. */
export class DiscordServer extends Gateway {
  readonly channels = new Map<string, Channel>();
  readonly interactions = new Map<string, Interaction>();
  readonly accounts = new Map<number, Account>();
  /** Commands as they were last registered. */
  commands: Json[] = [];
  /** Every call, `METHOD /path`, with what it carried; tests look for what must not be there. */
  readonly calls: { call: string; body: Json; files: { name: string; bytes: number; text: string }[] }[] = [];
  /** Mentions that a message would have pinged, and previews that it would have fetched. */
  readonly pings: string[] = [];
  /** Accounts that take no direct message. */
  readonly closedTo = new Set<string>();
  /** Milliseconds after which an unanswered interaction is unknown; off unless set. */
  deadline = Number.POSITIVE_INFINITY;
  /** The bot was given the right to manage threads. */
  managesThreads = true;
  /** Interaction tokens are over. */
  tokensExpired = false;
  private readonly faults: Fault[] = [];
  private readonly turns = new Set<string>();
  private readonly files = new Map<string, { type: string; bytes: Uint8Array }>();
  private readonly http = createServer((request, response) => void this.serve(request, response));
  private hooked = false;
  private port = 0;

  constructor() {
    super();
    this.http.on("upgrade", (request, socket, head) => this.upgrade(request, socket, head));
  }

  /** Listens; again on the same port after `stop`. */
  async start(): Promise<this> {
    await new Promise<void>((done) => this.http.listen(this.port, "127.0.0.1", done));
    this.port = (this.http.address() as AddressInfo).port;
    return this;
  }

  /** Goes away, with all connections. */
  async stop(): Promise<void> {
    this.hangUp();
    const closed = new Promise((done) => this.http.close(done));
    this.http.closeAllConnections();
    await closed;
  }

  get apiRoot(): string {
    return `http://127.0.0.1:${this.port}/api`;
  }

  /** To be handed to the platform, so that an act can wait until its turn is over. */
  get turned(): (id: string) => void {
    this.hooked = true;
    return (id) => {
      this.turns.add(id);
      this.change();
    };
  }

  /** Resolves when a session is open and commands are announced. */
  async ready(): Promise<void> {
    await this.until(() => this.connected && this.commands.length > 0);
  }

  misbehave(fault: Fault): void {
    this.faults.push({ ...fault });
  }

  /** Bad days are over. */
  behave(): void {
    this.faults.length = 0;
  }

  account(n: number, locale = "en-US"): Account {
    const known = this.accounts.get(n) ?? new Account(this, String(900_000_000_000_000_000n + BigInt(n)), locale);
    this.accounts.set(n, known);
    return known;
  }

  /** A channel (0), a forum (15) or a thread (11) of the server. */
  place(type = 0, more: Partial<Channel> = {}): Channel {
    const channel: Channel = { id: snowflake(), type, guild_id: this.guild, messages: new Map(), ...more };
    this.channels.set(channel.id, channel);
    return channel;
  }

  direct(account: string): Channel {
    const known = [...this.channels.values()].find((c) => c.recipient === account);
    const channel: Channel = known ?? { id: snowflake(), type: 1, recipient: account, messages: new Map() };
    this.channels.set(channel.id, channel);
    return channel;
  }

  /** What everyone in a place can read, its posts included. */
  placeText(id: string): string {
    const rooms = [...this.channels.values()].filter((c) => c.id === id || c.parent_id === id);
    return rooms
      .flatMap((c) => [
        c.name ?? "",
        ...[...c.messages.values()].filter((m) => !m.only).map((m) => show(m.content).text),
      ])
      .join("\n");
  }

  /** Puts a file on the CDN. */
  upload(name: string, type: string, bytes: Uint8Array): Json {
    const id = snowflake();
    this.files.set(id, { type, bytes });
    const url = `http://127.0.0.1:${this.port}/attachments/${id}/${encodeURIComponent(name)}?ex=1&is=1&hm=signed`;
    return { id, filename: name, size: bytes.length, content_type: type, url, proxy_url: url, ephemeral: true };
  }

  /** Takes a file off the CDN, as after its link has expired. */
  expireFiles(): void {
    this.files.clear();
  }

  /** Sends an act of a person over the gateway and resolves when it has been answered. */
  async act(account: Account, press: Press): Promise<Interaction> {
    const token = randomBytes(30).toString("base64url");
    const channel = press.channel;
    const user = {
      id: account.id,
      username: `name${account.id}`,
      discriminator: "0",
      global_name: `Name ${account.id}`,
      avatar: null,
    };
    const member = {
      user,
      roles: [],
      joined_at: "2020-01-01T00:00:00Z",
      permissions: account.manager ? String(1n << 5n) : "0",
      deaf: false,
      mute: false,
      flags: 0,
      nick: null,
      avatar: null,
    };
    const event: Json = {
      id: snowflake(),
      application_id: this.applicationId,
      type: press.type,
      data: press.data,
      token,
      version: 1,
      channel: { id: channel.id, type: channel.type },
      channel_id: channel.id,
      ...(channel.guild_id ? { guild_id: channel.guild_id, member, guild_locale: "en-US" } : { user }),
      ...(press.message ? { message: this.messageOut(press.message) } : {}),
      app_permissions: "0",
      locale: account.locale,
      entitlements: [],
      authorizing_integration_owners: account.installed ? { 1: account.id } : { 0: channel.guild_id ?? "0" },
      context: channel.guild_id ? 0 : 1,
      attachment_size_limit: 10 * 1024 * 1024,
    };
    const interaction: Interaction = { event, account: account.id, drawn: [], began: Date.now() };
    this.interactions.set(token, interaction);
    await this.deliver(interaction);
    return interaction;
  }

  /** Sends an interaction (again) and resolves when its turn is over. */
  async deliver(interaction: Interaction): Promise<void> {
    this.turns.delete(interaction.event.id);
    this.dispatch("INTERACTION_CREATE", interaction.event);
    if (this.hooked) return this.until(() => this.turns.has(interaction.event.id));
    // Without the hook nobody tells that an answer is complete: the first drawing counts.
    await this.until(() => interaction.drawn.length > 0 || interaction.modal !== undefined || !!interaction.choices);
  }

  protected gatewayUrl(): string {
    return `ws://127.0.0.1:${this.port}/gateway`;
  }

  // REST

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "GET";
    const url = new URL(request.url ?? "/", "http://x");
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const file = /^\/attachments\/(\d+)\//.exec(url.pathname);
    if (file) {
      const kept = this.files.get(file[1]!);
      response.writeHead(kept ? 200 : 404, { "content-type": kept?.type ?? "text/plain" });
      return void response.end(kept?.bytes ?? "This content is no longer available.");
    }
    const path = decodeURIComponent(url.pathname.replace(/^\/api\/v10/, ""));
    const { body, files } = await readBody(request, Buffer.concat(pieces));
    this.calls.push({ call: `${method} ${path}`, body, files });
    const answer = (status: number, value?: Json | Json[], headers: Record<string, string> = {}): void => {
      response.writeHead(status, { ...(value ? { "content-type": "application/json" } : {}), ...headers });
      response.end(value && JSON.stringify(value));
      this.change();
    };
    const fault = this.faults.find((f) => f.on.test(`${method} ${path}`));
    if (fault) {
      fault.times = (fault.times ?? 1) - 1;
      if (fault.times <= 0) this.faults.splice(this.faults.indexOf(fault), 1);
      if (fault.how === "cut") return void request.socket.destroy();
      if (fault.how !== "lost") {
        const { status, code = 0, retryAfter, message = "no" } = fault.how;
        if (status === 429) {
          const after = retryAfter ?? 1;
          return answer(
            429,
            { message: "You are being rate limited.", retry_after: after, global: false },
            { "retry-after": String(after), "x-ratelimit-scope": "user" },
          );
        }
        return answer(status, { code, message });
      }
    }
    let result: Json | Json[] | undefined;
    try {
      result = this.handle(method, path, body, files, request.headers.authorization);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return answer(error.status, error.body);
    }
    if (fault) {
      request.socket.destroy();
      return void this.change();
    }
    answer(result ? 200 : 204, result);
  }

  private handle(
    method: string,
    path: string,
    body: Json,
    files: { name: string; bytes: number }[],
    auth?: string,
  ): Json | Json[] | undefined {
    const [, root, a = "", b = "", c = "", d = ""] = path.split("/");
    if (root === "interactions" && c === "callback") return this.firstAnswer(a, b, body, files);
    if (root === "webhooks") return this.laterAnswer(method, b, d, body, files);
    if (this.refuseToken || auth !== `Bot ${this.token}`) throw new Refusal(401, 0, "401: Unauthorized");
    if (path === "/gateway/bot")
      return {
        url: this.gatewayUrl(),
        shards: 1,
        session_start_limit: { total: 1000, remaining: 999, reset_after: 14_400_000, max_concurrency: 1 },
      };
    if (root === "applications" && b === "commands" && method === "PUT") {
      for (const command of body as Json[])
        if (
          !/^[-_a-z0-9]{1,32}$/.test(command.name) ||
          command.description.length < 1 ||
          command.description.length > 100
        )
          throw new Refusal(400, 50035, "Invalid Form Body");
      this.commands = body as Json[];
      return this.commands;
    }
    if (path === "/users/@me/channels") return this.channelOut(this.direct(body.recipient_id));
    const channel = this.channels.get(a);
    if (root !== "channels") throw new Refusal(404, 0, "404: Not Found");
    if (!channel) throw new Refusal(404, 10003, "Unknown Channel");
    if (method === "GET" && !b) return this.channelOut(channel);
    if (method === "PATCH" && !b) {
      if (channel.locked && !this.managesThreads) throw new Refusal(403, 50013, "Missing Permissions");
      if (typeof body.archived === "boolean") channel.archived = body.archived;
      return this.channelOut(channel);
    }
    if (b === "threads" && method === "POST") {
      if (channel.type !== 15) throw new Refusal(400, 50024, "Cannot execute action on this channel type");
      if ((channel.flags ?? 0) & 16 && !body.applied_tags?.length)
        throw new Refusal(400, 40067, "A tag is required to create a forum post in this channel");
      if (!(body.name?.length >= 1 && body.name.length <= 100)) throw new Refusal(400, 50035, "Invalid Form Body");
      const thread = this.place(11, { parent_id: channel.id, name: body.name, applied_tags: body.applied_tags });
      const message = this.store(thread, body.message, files, { id: thread.id });
      return { ...this.channelOut(thread), message: this.messageOut(message) };
    }
    if (b !== "messages") throw new Refusal(404, 0, "404: Not Found");
    if (method === "PATCH") {
      const message = channel.messages.get(c);
      if (!message) throw new Refusal(404, 10008, "Unknown Message");
      if (channel.archived) throw new Refusal(400, 50083, "Thread is archived");
      return this.messageOut(this.restore(message, body, files));
    }
    if (channel.locked && !this.managesThreads) throw new Refusal(403, 160005, "This thread is locked");
    channel.archived = false; // writing wakes a thread
    if (channel.type === 15) throw new Refusal(400, 50008, "Cannot send messages in a non-text channel");
    if (channel.recipient && this.closedTo.has(channel.recipient))
      throw new Refusal(403, 50007, "Cannot send messages to this user");
    const same = body.enforce_nonce && [...channel.messages.values()].find((m) => m.nonce === String(body.nonce));
    return this.messageOut(same || this.store(channel, body, files, {}));
  }

  private firstAnswer(id: string, token: string, body: Json, files: { name: string; bytes: number }[]): undefined {
    const interaction = this.interactions.get(token);
    if (!interaction || interaction.event.id !== id || Date.now() - interaction.began > this.deadline)
      throw new Refusal(404, 10062, "Unknown interaction");
    if (interaction.first !== undefined) throw new Refusal(400, 40060, "Interaction has already been acknowledged.");
    const source = interaction.event.message as Json | undefined;
    const channel = this.channels.get(interaction.event.channel_id)!;
    if ((body.type === 6 || body.type === 7) && !source) throw new Refusal(400, 50035, "Invalid Form Body");
    if (body.type === 9) {
      if (interaction.event.type === 5) throw new Refusal(400, 50035, "Invalid Form Body");
      const problems = modalProblems(body.data);
      if (problems.length) throw new Refusal(400, 50035, `Invalid Form Body: ${problems.join()}`);
      interaction.modal = body.data;
    }
    if ((body.type === 8) !== (interaction.event.type === 4)) throw new Refusal(400, 50035, "Invalid Form Body");
    if (body.type === 8) {
      const { choices } = body.data;
      const wrong = choices.some((c: Json) => !c.name || c.name.length > 100 || c.value.length > 100);
      if (choices.length > 25 || wrong) throw new Refusal(400, 50035, "Invalid Form Body");
      interaction.choices = choices;
    }
    if (body.type === 4) {
      const hidden = body.data.flags & 64 ? { only: interaction.account } : {};
      interaction.original = this.store(channel, body.data, files, hidden).id;
      interaction.drawn.push(interaction.original);
    }
    if (body.type === 5)
      interaction.original = this.store(channel, { content: "(thinking)", ...body.data }, [], {
        thinking: true,
        ...(body.data?.flags & 64 ? { only: interaction.account } : {}),
      }).id;
    if (body.type === 6) interaction.original = source!.id;
    if (body.type === 7) {
      interaction.original = source!.id as string;
      this.restore(this.find(interaction, interaction.original), body.data, files);
      interaction.drawn.push(interaction.original);
    }
    interaction.first = body.type;
    return undefined;
  }

  private find(interaction: Interaction, id: string): Stored {
    const message = this.channels.get(interaction.event.channel_id)?.messages.get(id);
    if (!message) throw new Refusal(404, 10008, "Unknown Message");
    return message;
  }

  private laterAnswer(
    method: string,
    token: string,
    which: string,
    body: Json,
    files: { name: string; bytes: number }[],
  ): Json | undefined {
    const interaction = this.interactions.get(token);
    if (!interaction || this.tokensExpired) throw new Refusal(401, 50027, "Invalid Webhook Token");
    if (interaction.first === undefined) throw new Refusal(404, 10015, "Unknown Webhook");
    const channel = this.channels.get(interaction.event.channel_id)!;
    if (method === "POST") {
      interaction.more = (interaction.more ?? 0) + 1;
      if (interaction.more > 5 && !("0" in interaction.event.authorizing_integration_owners))
        throw new Refusal(400, 40094, "This interaction has hit the maximum number of follow up messages.");
      const message = this.store(channel, body, files, body.flags & 64 ? { only: interaction.account } : {});
      interaction.drawn.push(message.id);
      return this.messageOut(message);
    }
    const id = which === "@original" ? interaction.original : which;
    if (!id) throw new Refusal(404, 10008, "Unknown Message");
    const message = this.find(interaction, id);
    if (method === "DELETE") {
      channel.messages.delete(id);
      return undefined;
    }
    if (!interaction.drawn.includes(id)) interaction.drawn.push(id);
    return this.messageOut(this.restore(message, body, files));
  }

  private check(body: Json, files: { name: string; bytes: number }[]): void {
    const problems = messageProblems(body, files.length);
    if (problems.length) throw new Refusal(400, 50035, `Invalid Form Body: ${problems.join()}`);
    // A reply parses mentions unless it is told not to, and fetches previews unless they are suppressed.
    if (!body.allowed_mentions || body.allowed_mentions.parse?.length) this.pings.push("mentions allowed");
    if (!(body.flags & 4)) this.pings.push("previews allowed");
  }

  private store(
    channel: Channel,
    body: Json,
    files: { name: string; bytes: number }[],
    more: { id?: string; only?: string; thinking?: true },
  ): Stored {
    if (!more.thinking) this.check(body, files);
    const message: Stored = {
      id: more.id ?? snowflake(),
      channel_id: channel.id,
      content: body.content ?? "",
      components: body.components ?? [],
      flags: body.flags ?? 0,
      attachments: files.map((f, i) => attached(f, body.attachments?.[i])),
      ...(body.nonce === undefined ? {} : { nonce: String(body.nonce) }),
      ...(more.only ? { only: more.only } : {}),
    };
    channel.messages.set(message.id, message);
    return message;
  }

  private restore(message: Stored, body: Json, files: { name: string; bytes: number }[]): Stored {
    this.check(body, files);
    if (body.flags & 64) throw new Refusal(400, 50035, "Invalid Form Body: flags");
    message.content = body.content ?? message.content;
    message.components = body.components ?? message.components;
    if (body.attachments || files.length) message.attachments = files.map((f, i) => attached(f, body.attachments?.[i]));
    return message;
  }

  private channelOut({ messages: _messages, ...channel }: Channel): Json {
    return { ...channel, flags: channel.flags ?? 0, available_tags: channel.available_tags ?? [] };
  }

  private messageOut({ only: _only, ...message }: Stored): Json {
    const author = { id: this.applicationId, username: "quietline", discriminator: "0", avatar: null, bot: true };
    return {
      ...message,
      type: 0,
      author,
      timestamp: "2026-01-01T00:00:00Z",
      edited_timestamp: null,
      tts: false,
      mention_everyone: false,
      mentions: [],
      mention_roles: [],
      embeds: [],
      pinned: false,
    };
  }
}

/** A file as a message has it; its words are at most 1,024 characters. */
function attached(file: { name: string; bytes: number }, told: Json | undefined): Json {
  const { description } = told ?? {};
  if (description?.length > 1024) throw new Refusal(400, 50035, "Invalid Form Body: attachments[0].description");
  return { id: snowflake(), filename: file.name, size: file.bytes, ...(description ? { description } : {}) };
}

async function readBody(
  request: IncomingMessage,
  raw: Buffer,
): Promise<{ body: Json; files: { name: string; bytes: number; text: string }[] }> {
  const type = request.headers["content-type"] ?? "";
  if (!raw.length) return { body: {}, files: [] };
  if (!type.startsWith("multipart/")) return { body: JSON.parse(raw.toString()), files: [] };
  const form = await new Response(new Uint8Array(raw), { headers: { "content-type": type } }).formData();
  const files: { name: string; bytes: number; text: string }[] = [];
  for (const [key, value] of form)
    if (key.startsWith("files") && typeof value !== "string")
      files.push({ name: value.name, bytes: value.size, text: await value.text() });
  return { body: JSON.parse(String(form.get("payload_json"))), files };
}

/** Starts a stand-in on a free port of the loopback. */
export const createDiscordServer = (): Promise<DiscordServer> => new DiscordServer().start();
