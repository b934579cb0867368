/**
 * The line to Discord: one discord.js client that is patient. It connects for ever, remembers nobody, asks for no
 * intent (interactions arrive without any), and lets no error of the library out, because those print tokens and texts.
 */
import {
  type APIInteraction,
  Client,
  DiscordjsErrorCodes,
  Events,
  GatewayCloseCodes,
  GatewayDispatchEvents,
  Options,
  type REST,
  SimpleShardingStrategy,
} from "discord.js";
import type { House } from "../platform.ts";

export interface LineOptions {
  token: string;
  /** Where the REST API lies; the gateway's address comes from there. */
  apiRoot: string;
  /** Which shards of how many are ours; all that Discord asks for where absent. */
  shards?: { ids: number[]; count: number };
  /** To send only: no gateway. */
  silent?: boolean;
  /** Milliseconds before the next try, by how many have failed. */
  pause(failed: number): number;
}

export interface Line {
  client: Client;
  rest: REST;
  close(): Promise<void>;
}

/** Every cache that may be turned off is off, so that no identity piles up in memory. */
const noCaches = Options.cacheWithLimits(
  Object.fromEntries(
    // biome-ignore format: a list of names
    [
      "ApplicationCommandManager", "ApplicationEmojiManager", "AutoModerationRuleManager", "BaseGuildEmojiManager",
      "DMMessageManager", "EntitlementManager", "GuildBanManager", "GuildEmojiManager", "GuildForumThreadManager",
      "GuildInviteManager", "GuildMemberManager", "GuildMessageManager", "GuildScheduledEventManager",
      "GuildSoundboardSoundManager", "GuildStickerManager", "GuildTextThreadManager", "MessageManager",
      "PollAnswerVoterManager", "PresenceManager", "ReactionManager", "ReactionUserManager", "StageInstanceManager",
      "SubscriptionManager", "ThreadManager", "ThreadMemberManager", "UserManager", "VoiceStateManager",
    ].map((name) => [name, 0]),
  ),
);

/**
 * A failed login destroys a discord.js client, while its shard goes on trying by itself: a second client would then
 * hear every event twice. This one is destroyed only when we leave.
 */
class PatientClient extends Client {
  leaving = false;
  override async destroy(): Promise<void> {
    if (this.leaving) await super.destroy();
  }
}

/**
 * Connects, and tells of each interaction as the gateway sent it.
 * @param up called whenever a new session begins, with the application's id
 */
export function openLine(
  options: LineOptions,
  note: House["note"],
  up: (applicationId: string) => void,
  hear: (interaction: APIInteraction) => void,
): Line {
  class Strategy extends SimpleShardingStrategy {
    override async connect(): Promise<void> {
      if (!client.leaving) await super.connect();
    }
  }
  const client = new PatientClient({
    intents: [],
    partials: [],
    makeCache: noCaches,
    sweepers: {},
    ...(options.shards ? { shards: options.shards.ids, shardCount: options.shards.count } : {}),
    allowedMentions: { parse: [] },
    ws: { buildStrategy: (manager) => new Strategy(manager) },
    rest: {
      api: options.apiRoot,
      version: "10",
      // The outbox and the turns decide what is sent again; the library would send a message three times.
      retries: 0,
      timeout: 15_000,
      rejectOnRateLimit: ["/channels", "/users"],
    },
  });

  let failed = 0;
  let timer: NodeJS.Timeout | undefined;
  let trouble: string | undefined;
  let everUp = false;
  /** Connections lost since the last session. */
  let lost = 0;
  let closedFor: number | undefined;
  let shardFailed = false;

  const complain = (code: "platform-unreachable" | "platform-token-refused", values?: Record<string, number>): void => {
    if (client.leaving || trouble === code) return;
    trouble = code;
    note(code, values);
  };
  const later = (): void => {
    if (client.leaving || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, options.pause(failed++));
  };
  const connect = async (): Promise<void> => {
    closedFor = undefined;
    shardFailed = false;
    try {
      await client.login(options.token);
    } catch (error) {
      const refused =
        closedFor === GatewayCloseCodes.AuthenticationFailed ||
        (error instanceof Error && "code" in error && error.code === DiscordjsErrorCodes.TokenInvalid);
      complain(refused ? "platform-token-refused" : "platform-unreachable");
      // A shard that failed, but was not dismissed for good, tries again by itself.
      if (!shardFailed || closedFor !== undefined) later();
    }
  };
  const connected = (): void => {
    if (client.leaving) return;
    failed = 0;
    lost = 0;
    if (!everUp) note("platform-ready");
    else if (trouble) note("platform-recovered");
    everUp = true;
    trouble = undefined;
  };

  client.on(Events.ShardReady, () => {
    connected();
    if (client.application && !client.leaving) up(client.application.id);
  });
  client.on(Events.ShardResume, connected);
  client.on(Events.ShardReconnecting, () => {
    // Discord asks every client to reconnect now and then; only a second failure in a row is one.
    if (++lost > 1) complain("platform-unreachable");
  });
  client.on(Events.ShardError, () => {
    shardFailed = true;
    if (closedFor === undefined) complain("platform-unreachable");
  });
  client.on(Events.ShardDisconnect, ({ code }) => {
    closedFor = code;
    complain(code === GatewayCloseCodes.AuthenticationFailed ? "platform-token-refused" : "platform-unreachable", {
      code,
    });
    later();
  });
  client.on(Events.Error, () => complain("platform-unreachable"));
  client.on(Events.Invalidated, () => complain("platform-unreachable"));
  client.on(Events.Warn, () => {
    // Warnings quote payloads; nothing in them is for the log.
  });
  client.ws.on(GatewayDispatchEvents.InteractionCreate, (interaction: APIInteraction) => {
    if (!client.leaving) hear(interaction);
  });
  if (!options.silent) void connect();

  return {
    client,
    rest: client.rest,
    async close() {
      client.leaving = true;
      clearTimeout(timer);
      // A shard asks for its session before each new connection; never answering ends its attempts for good.
      const sessionInfo = { get: () => new Promise(() => {}), set: () => {} };
      for (const [id, shard] of client.ws.shards) client.ws.shards.set(id, Object.create(shard, { sessionInfo }));
      // A silent other side would keep the goodbye waiting for half a minute.
      await Promise.race([client.destroy(), new Promise((done) => setTimeout(done, 3000).unref())]);
    },
  };
}
