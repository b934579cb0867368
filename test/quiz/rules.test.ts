/** How a learner learns: given a memory, when an answer or a day comes, then what is asked next. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  answer,
  answerInSet,
  choose,
  type ItemFacts,
  isRight,
  type Memory,
  newMemory,
  recallOf,
  shuffled,
  todaysSet,
} from "../../src/quiz/rules.ts";

const day = 20_000;
const facts = (id: string, difficulty = 3, sectors = ["any"], print = "p"): [string, ItemFacts] => [
  id,
  { id, difficulty, sectors, theme: "t", print },
];
const shelf = (...items: [string, ItemFacts][]) => new Map(items);
const learned = (memory: Memory, items: Map<string, ItemFacts>, id: string, right: boolean, on = day) =>
  answer(memory, items.get(id)!, right, on).memory;

describe("a set of the day", () => {
  const items = shelf(facts("a"), facts("b"), facts("c"), facts("bank", 2, ["bank"]), facts("health", 2, ["health"]));

  it("given a new learner at a bank, when the day comes, then three new items, the bank's first and never another sector's", () => {
    const chosen = choose(newMemory("s", "bank"), items, 3, day);
    assert.equal(chosen.length, 3);
    assert.equal(chosen[0], "bank");
    assert.ok(!chosen.includes("health"));
  });

  it("given a wrong answer, when the next day comes, then that item stands first and one item is new", () => {
    const memory = learned(learned(newMemory("s", "bank"), items, "a", true), items, "b", false);
    const chosen = choose(memory, items, 3, day + 1);
    assert.equal(chosen[0], "b");
    assert.ok(chosen.some((id) => !memory.traces[id]));
  });

  it("given a set that was begun, when the process starts again after midnight, then it is finished first", () => {
    const memory = newMemory("s", "bank");
    const set = todaysSet(memory, items, 3, day);
    const after = answerInSet(memory, set, items.get(set.items[0]!)!, true, day).memory;
    const resumed = todaysSet(JSON.parse(JSON.stringify(after)), items, 3, day + 1);
    assert.deepEqual(resumed.items, set.items);
    assert.equal(resumed.at, 1);
  });

  it("given an item that is removed while it is in a set, then the set goes on without it", () => {
    const memory = newMemory("s", "bank");
    const set = todaysSet(memory, items, 3, day);
    const after = answerInSet(memory, set, items.get(set.items[0]!)!, true, day).memory;
    const fewer = new Map(items);
    fewer.delete(set.items[1]!);
    assert.deepEqual(todaysSet(after, fewer, 3, day).items, [set.items[0], set.items[2]]);
    fewer.delete(set.items[2]!);
    assert.deepEqual(todaysSet(after, fewer, 3, day).items, [set.items[0]]);
  });

  it("given an item that is edited, then it is asked again although it was not due", () => {
    const memory = learned(newMemory("s", "bank"), items, "a", true);
    const edited = new Map(items);
    edited.set("a", { ...items.get("a")!, print: "other" });
    assert.ok(!choose(memory, items, 3, day).includes("a"));
    assert.ok(choose(memory, edited, 3, day).includes("a"));
  });

  it("given a clock that goes back, then nothing is due twice and no day is counted twice", () => {
    const memory = learned(newMemory("s", "bank"), items, "a", true);
    const back = answer(memory, items.get("a")!, true, day - 400).memory;
    assert.equal(back.lastDay, day);
    assert.ok(back.traces.a![2] > day);
    assert.ok(back.traces.a![3] === day);
  });

  it("given a pause of a year, then no day that was learned is lost", () => {
    let memory = newMemory("s", "bank");
    const set = todaysSet(memory, items, 1, day);
    memory = answerInSet(memory, set, items.get(set.items[0]!)!, true, day).memory;
    const later = todaysSet(memory, items, 1, day + 365);
    memory = answerInSet(memory, later, items.get(later.items[0]!)!, false, day + 365).memory;
    assert.equal(memory.days, 2);
  });

  it("when the day is done, then there is nothing more today", () => {
    let memory = newMemory("s", "bank");
    for (let n = 0; n < 3; n++) {
      const set = todaysSet(memory, items, 3, day);
      memory = answerInSet(memory, set, items.get(set.items[set.at]!)!, true, day).memory;
    }
    const over = todaysSet(memory, items, 3, day);
    assert.equal(over.at, over.items.length);
    assert.equal(memory.days, 1);
  });

  it("never asks one item twice, whatever was answered before", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...items.keys()), fc.boolean(), fc.nat(900))),
        fc.nat(1000),
        (past, on) => {
          let memory = newMemory("s", "bank");
          for (const [id, right, after] of past) memory = learned(memory, items, id, right, day + after);
          const chosen = choose(memory, items, 3, day + on);
          assert.equal(new Set(chosen).size, chosen.length);
          assert.ok(chosen.length <= 3);
          for (const trace of Object.values(memory.traces)) assert.ok(trace[2] > trace[3]);
        },
      ),
    );
  });
});

describe("what is remembered", () => {
  const items = shelf(facts("a"));

  it("grows with each right answer and fades with the days", () => {
    const once = learned(newMemory("s", "any"), items, "a", true);
    const twice = learned(once, items, "a", true, day + 3);
    assert.ok(twice.traces.a![0] > once.traces.a![0]);
    assert.ok(recallOf(once.traces.a, day + 2) > recallOf(once.traces.a, day + 40));
  });

  it("is counted as recall only at about 7, 30 and 90 days", () => {
    const memory = learned(newMemory("s", "any"), items, "a", true);
    const interval = (after: number) => answer(memory, items.get("a")!, true, day + after).answered.interval;
    assert.deepEqual([1, 7, 15, 30, 50, 90, 400].map(interval), [
      undefined,
      7,
      undefined,
      30,
      undefined,
      90,
      undefined,
    ]);
  });

  it("tells an item that misleads: wrong after a right answer", () => {
    const memory = learned(newMemory("s", "any"), items, "a", true);
    assert.deepEqual(answer(memory, items.get("a")!, false, day + 7).answered, {
      first: false,
      right: false,
      afterRight: true,
      interval: 7,
    });
  });
});

describe("how hard it is", () => {
  it("is chosen so that about 80 % of first tries succeed, for whoever learns", () => {
    let chance = 1;
    const random = () => {
      chance = (chance * 48_271) % 2_147_483_647;
      return chance / 2_147_483_647;
    };
    for (const ability of [3.2, 4.2, 5.2]) {
      const items = new Map(Array.from({ length: 600 }, (_, n) => facts(`i${n}`, 1 + (n % 5))));
      let memory = newMemory("s", "any");
      let right = 0;
      let tries = 0;
      for (let n = 0; n < 300; n++) {
        const [id] = choose({ ...memory, traces: memory.traces }, items, 1, day);
        const item = items.get(id!)!;
        const success = random() < 1 / (1 + Math.exp(item.difficulty - ability));
        memory = answer(memory, item, success, day).memory;
        if (n < 20) continue; // while the learner is not known yet
        tries += 1;
        right += Number(success);
      }
      assert.ok(Math.abs(right / tries - 0.8) < 0.08, `${ability}: ${right / tries}`);
    }
  });
});

describe("an answer", () => {
  it("is right when it is all that is right and nothing else", () => {
    assert.ok(isRight("single", [false, true, false], [1]));
    assert.ok(!isRight("several", [true, true, false], [0]));
    assert.ok(!isRight("several", [true, true, false], [0, 1, 2]));
    assert.ok(isRight("several", [true, true, false], [1, 0]));
    assert.ok(!isRight("several", [true, true, false], [0, 0]));
    assert.ok(isRight("order", [false, false, false], [0, 1, 2]));
    assert.ok(!isRight("order", [false, false, false], [1, 0, 2]));
    assert.ok(!isRight("single", [true, false], []));
  });

  it("is looked for among options in another order at each showing, in each position alike", () => {
    const at = [0, 0, 0, 0];
    for (let n = 0; n < 2000; n++) at[shuffled(4, newMemory(`seed${n}`, "any"), "x").indexOf(0)]! += 1;
    for (const n of at) assert.ok(n > 400 && n < 600, JSON.stringify(at));
    const memory = newMemory("s", "any");
    assert.deepEqual(shuffled(4, memory, "x"), shuffled(4, memory, "x"));
    for (let n = 0; n < 50; n++) assert.notDeepEqual(shuffled(3, newMemory(`s${n}`, "any"), "x", true), [0, 1, 2]);
  });
});
