/**
 * What was learned as xAPI statements (IEEE 9274.1.1 / xAPI 1.0.3) for a learning system, without identity: the actor of each
 * statement is a whole group, the result is the group's. Groups under five people have no statements.
 */
import { createHash } from "node:crypto";
import type { Item } from "./content.ts";
import { fewest, figuresOf } from "./figures.ts";
import type { Quiz } from "./quiz.ts";

export interface Statement {
  id: string;
  timestamp: string;
  actor: { objectType: "Group"; name: string; account: { homePage: string; name: string } };
  verb: { id: string; display: Record<string, string> };
  object: { objectType: "Activity"; id: string; definition: Record<string, unknown> };
  result: Record<string, unknown>;
  context?: { contextActivities: { parent: { objectType: "Activity"; id: string }[] } };
}

const kindsOf: Record<Item["kind"], string> = {
  single: "choice",
  next: "choice",
  spot: "choice",
  several: "choice",
  "true-false": "true-false",
  order: "sequencing",
};

/**
 * @param home address that names of groups and items are unique under: the organisation's
 * @param day days since 1970; statements of one day have the same ids, so that a second export changes nothing
 */
export async function statementsOf(quiz: Quiz, home: string, day: number): Promise<Statement[]> {
  const [figures, courses, items] = await Promise.all([figuresOf(quiz, "en"), quiz.store.courses(), quiz.items()]);
  const base = home.replace(/\/$/, "");
  const timestamp = new Date(day * 86_400_000).toISOString();
  const statements: Statement[] = [];
  for (const team of figures.teams) {
    const course = courses.find((c) => c.id === team.course);
    const actor: Statement["actor"] = {
      objectType: "Group",
      name: `${team.title} · ${team.team}`,
      account: { homePage: base, name: `${team.course}/${team.team}` },
    };
    const activity = `${base}/xapi/courses/${team.course}`;
    statements.push({
      id: idOf(day, team.course, team.team, "progressed"),
      timestamp,
      actor,
      verb: { id: "http://adlnet.gov/expapi/verbs/progressed", display: { "en-US": "progressed" } },
      object: {
        objectType: "Activity",
        id: activity,
        definition: {
          type: "http://adlnet.gov/expapi/activities/course",
          name: course?.title ?? { en: team.course },
        },
      },
      result: {
        completion: team.done === 100,
        extensions: { [`${base}/xapi/people`]: team.members, [`${base}/xapi/completed-percent`]: team.done },
      },
    });
    const counts = new Map<string, { first: number; right: number }>();
    for (const { item, what, n } of await quiz.store.counts(`${team.course} ${team.team}`)) {
      const count = counts.get(item) ?? { first: 0, right: 0 };
      if (what === "first") count.first = n;
      if (what === "first-right") count.right = n;
      counts.set(item, count);
    }
    for (const [id, { first, right }] of counts) {
      const item = items.get(id);
      if (!item || first < fewest) continue;
      statements.push({
        id: idOf(day, team.course, team.team, id),
        timestamp,
        actor,
        verb: { id: "http://adlnet.gov/expapi/verbs/answered", display: { "en-US": "answered" } },
        object: { objectType: "Activity", id: `${base}/xapi/items/${id}`, definition: definitionOf(item) },
        result: { score: { scaled: Math.round((1000 * right) / first) / 1000, raw: right, min: 0, max: first } },
        context: { contextActivities: { parent: [{ objectType: "Activity", id: activity }] } },
      });
    }
  }
  return statements;
}

/** An item as an interaction activity (xAPI 1.0.3, part two, 2.4.4.1). */
export function definitionOf(item: Item): Record<string, unknown> {
  const choices = item.options.map((o, n) => ({
    id: `o${n + 1}`,
    description: { en: o.en.text, "zh-CN": o["zh-CN"].text },
  }));
  const right = item.options.flatMap((o, n) => (o.right || item.kind === "order" ? [`o${n + 1}`] : []));
  const interactionType = kindsOf[item.kind];
  return {
    type: "http://adlnet.gov/expapi/activities/cmi.interaction",
    name: item.goal,
    description: { en: item.en.ask, "zh-CN": item["zh-CN"].ask },
    interactionType,
    ...(interactionType === "true-false"
      ? { correctResponsesPattern: [String(item.options[0]!.right === true)] }
      : { correctResponsesPattern: [right.join("[,]")], choices }),
  };
}

/** A UUID that the same things always give (shaped as version 5, RFC 9562). */
function idOf(...parts: (string | number)[]): string {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  const variant = "89ab"[Number.parseInt(hex[16]!, 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
