/** A certificate says what it should, on machines with many fonts and with none. */
import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { type Certificate, drawCertificate, drawnOrder } from "../../src/quiz/certificate.ts";

const spring: Certificate = {
  title: "Spring, safely",
  name: "Ines Okonkwo",
  code: "NDKB-3T4A-XJYH-3X86",
  day: 22_000,
  pass: 80,
  locale: "en",
  page: "https://tips.example.org/certificate",
};

/** What is written with the fonts that every reader of PDF has; those are encoded as plain bytes. */
function written(pdf: Uint8Array): string {
  let text = "";
  for (const part of Buffer.from(pdf).toString("latin1").split("\nstream\n").slice(1)) {
    try {
      text += inflateSync(Buffer.from(part.split("\nendstream")[0]!, "latin1")).toString("latin1");
    } catch {
      // not packed
    }
  }
  return [...text.matchAll(/\[([^\]]*)\] TJ/g)]
    .map(([, parts = ""]) =>
      [...parts.matchAll(/<([0-9a-f]+)>/g)].map(([, hex = ""]) => Buffer.from(hex, "hex").toString("latin1")).join(""),
    )
    .join("\n");
}

describe("a certificate", () => {
  it("has the name, the course, the day, the pass mark, the code and where to check it", async () => {
    const text = written(await drawCertificate(spring, []));
    for (const part of [spring.name, spring.title, "2030-03-27", "80 %", spring.code, spring.page])
      assert.ok(text.includes(part), `${part} is missing in:\n${text}`);
  });

  it("leaves a line for a name that no font of the machine can write, and never calls anybody “?”", async () => {
    const text = written(
      await drawCertificate({ ...spring, name: "欧阳明月", title: "春季课程", locale: "zh-CN" }, []),
    );
    assert.ok(text.includes("Certificate") && text.includes(spring.code), text);
    assert.ok(!text.includes("?"), text);
  });

  it("puts the first word of an Arabic or Hebrew name at the right, and keeps others inside it in their order", () => {
    assert.deepEqual(drawnOrder("محمد بن عبد الله"), ["الله", "عبد", "بن", "محمد"]);
    assert.deepEqual(drawnOrder("דוד לוי"), ["לוי", "דוד"]);
    assert.deepEqual(drawnOrder("محمد علي Ali Khan"), ["Ali", "Khan", "علي", "محمد"]);
    assert.deepEqual(drawnOrder("Nguyễn Thị Hằng"), ["Nguyễn Thị Hằng"]);
  });

  it("says when it was earned, and nothing of when it was made: drawn twice it is the same", async () => {
    const strip = (pdf: Uint8Array) =>
      Buffer.from(pdf)
        .toString("latin1")
        .replace(/\/ID \[[^\]]*\]/, "");
    assert.equal(strip(await drawCertificate(spring, [])), strip(await drawCertificate(spring, [])));
  });
});
