/** When a learner is reminded: by a zone's clock, in summer and in winter. */
import assert from "node:assert/strict";
import { nudgesOf } from "../../src/quiz/nudges.ts";

describe("the hour of a reminder", () => {
  const at = (now: string, hour: number, zone: string) =>
    nudgesOf({ hour, zone }, Date.parse(now)).map(({ due }) => new Date(due * 1000).toISOString().slice(0, 16));

  it("given summer time that begins between two reminders, then both come at the same hour of the clock", () => {
    // New York goes from UTC-5 to UTC-4 on 10 March 2030
    assert.deepEqual(at("2030-03-08T20:00Z", 9, "America/New_York"), [
      "2030-03-09T14:00",
      "2030-03-11T13:00",
      "2030-03-15T13:00",
    ]);
  });
  it("given summer time that ends, then the same", () => {
    assert.deepEqual(at("2030-10-26T08:00Z", 18, "Europe/Berlin"), [
      "2030-10-27T17:00",
      "2030-10-29T17:00",
      "2030-11-02T17:00",
    ]);
  });
  it("given an hour that the clock leaves out, then the one after it", () => {
    assert.equal(at("2030-03-30T08:00Z", 2, "Europe/Berlin")[0], "2030-03-31T01:00");
  });
  it("given a zone without summer time and a day that began there already, then tomorrow is tomorrow there", () => {
    assert.equal(at("2030-05-13T17:00Z", 9, "Asia/Shanghai")[0], "2030-05-15T01:00");
  });
});
