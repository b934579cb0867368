/**
 * The stand-in's gateway: one session of one shard, JSON without compression, which can be dropped, resumed, refused
 * and ended. It remembers what it has sent, so that a resumed session gets what it missed.
 */
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";

// biome-ignore lint/suspicious/noExplicitAny: the wire is unchecked by nature
type Json = Record<string, any>;

let counter = 0n;
/** A fresh id, rising. */
export const snowflake = (): string => {
  counter += 4_194_305n;
  return String(1_100_000_000_000_000_000n + counter);
};

export abstract class Gateway {
  readonly token = `MTE.${randomBytes(6).toString("hex")}.${randomBytes(12).toString("hex")}`;
  readonly applicationId = snowflake();
  readonly guild = snowflake();
  readonly identifies: Json[] = [];
  resumes = 0;
  /** Connections so far. */
  connections = 0;
  /** The token is refused everywhere. */
  refuseToken = false;
  /** The token is accepted by REST, and refused here. */
  refuseIdentify = false;
  /** How many connections end in an HTTP error. */
  refuseUpgrades = 0;
  private readonly sockets = new WebSocketServer({ noServer: true });
  private session: { id: string; seq: number; sent: Json[]; socket?: WebSocket } | undefined;
  private readonly changed = new EventEmitter().setMaxListeners(0);

  protected abstract gatewayUrl(): string;

  /** Resolves when `what` holds; looked at after each call and each gateway message. */
  async until(what: () => boolean): Promise<void> {
    while (!what()) await new Promise((next) => this.changed.once("change", next));
  }

  protected change(): void {
    this.changed.emit("change");
  }

  protected upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.refuseUpgrades-- > 0) return void socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    this.sockets.handleUpgrade(request, socket, head, (ws) => this.greet(ws));
  }

  /** Cuts every connection. */
  protected hangUp(): void {
    for (const ws of this.sockets.clients) ws.terminate();
  }

  /** Closes the connection without a word; the client resumes. */
  dropConnection(code?: number): void {
    const socket = this.session?.socket;
    if (this.session) delete this.session.socket;
    if (code) socket?.close(code);
    else socket?.terminate();
  }

  /** Asks the client to reconnect (opcode 7). */
  askToReconnect(): void {
    this.session?.socket?.send(JSON.stringify({ op: 7, d: null }));
  }

  /** Ends the session (opcode 9); the client identifies anew. */
  invalidateSession(): void {
    const socket = this.session?.socket;
    this.session = undefined;
    socket?.send(JSON.stringify({ op: 9, d: false }));
  }

  get connected(): boolean {
    return this.session?.socket !== undefined;
  }

  dispatch(t: string, d: Json): void {
    if (!this.session) throw new Error("nobody listens");
    const event = { op: 0, t, d, s: ++this.session.seq };
    this.session.sent.push(event);
    this.session.socket?.send(JSON.stringify(event));
  }

  private greet(ws: WebSocket): void {
    this.connections++;
    ws.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250 } }));
    ws.on("close", () => {
      if (this.session?.socket === ws) delete this.session.socket;
      this.change();
    });
    ws.on("message", (raw) => {
      const { op, d } = JSON.parse(String(raw));
      if (op === 1) ws.send(JSON.stringify({ op: 11 }));
      if (op === 2) {
        this.identifies.push(d);
        if (this.refuseToken || this.refuseIdentify || d.token !== this.token)
          return ws.close(4004, "Authentication failed.");
        this.session = { id: randomBytes(8).toString("hex"), seq: 0, sent: [], socket: ws };
        this.dispatch("READY", {
          v: 10,
          user: { id: this.applicationId, username: "quietline", discriminator: "0", avatar: null, bot: true },
          guilds: [{ id: this.guild, unavailable: true }],
          session_id: this.session.id,
          resume_gateway_url: this.gatewayUrl(),
          application: { id: this.applicationId, flags: 0 },
        });
      }
      if (op === 6) {
        if (d.token !== this.token || this.session?.id !== d.session_id)
          return ws.send(JSON.stringify({ op: 9, d: false }));
        this.resumes++;
        this.session!.socket = ws;
        for (const event of this.session!.sent) if (event.s > d.seq) ws.send(JSON.stringify(event));
        this.dispatch("RESUMED", {});
      }
      this.change();
    });
  }
}
