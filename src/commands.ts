/** The commands that networks announce. */
import type { CommandInfo } from "./platforms/platform.ts";

/** Commands in the order they are announced. */
export const commands: CommandInfo[] = [
  ...[
    "start",
    "report",
    "sighting",
    "mailbox",
    "ask",
    "tips",
    "stop",
    "quiz",
    "certificate",
    "language",
    "help",
    "cancel",
    "queue",
    "refer",
    "audit",
    "learning",
    "series",
    "sightings",
    "stats",
    "campaign",
    "join",
    "signin",
  ].map((name) => ({
    name,
    where: "private" as const,
    ...(name === "ask" ? { answers: true as const } : {}),
  })),
  { name: "board", where: "place" },
  { name: "boardoff", where: "place" },
  { name: "tipshere", where: "place", managers: true },
  { name: "tipsoff", where: "place", managers: true },
];
