/** Which of our languages a browser asks for, and which way it is written. */

/**
 * The best of `ours` for an `Accept-Language` header: an exact match, else the same language in another region or
 * script, in the order of the browser's wishes; else English, else the first we have.
 */
export function chooseLocale(header: string | undefined, ours: readonly string[]): string {
  const wishes = (header ?? "")
    .slice(0, 1000)
    .split(",")
    .map((part, at) => {
      const [tag = "", ...rest] = part.trim().split(";");
      const q = rest.map((r) => /^\s*q=([0-9.]+)\s*$/.exec(r)?.[1]).find((v) => v !== undefined);
      return { tag: tag.trim().toLowerCase(), q: q === undefined ? 1 : Number(q), at };
    })
    .filter((w) => w.tag !== "" && w.q > 0)
    .sort((a, b) => b.q - a.q || a.at - b.at);
  for (const { tag } of wishes) {
    const exact = ours.find((o) => o.toLowerCase() === tag);
    if (exact) return exact;
    const kin = ours.find((o) => o.toLowerCase().split("-")[0] === tag.split("-")[0]);
    if (kin) return kin;
  }
  return ours.includes("en") ? "en" : (ours[0] ?? "en");
}

const rightToLeft = new Set(["ar", "fa", "he", "ur"]);

/** The direction of a locale's script. */
export function direction(locale: string): "ltr" | "rtl" {
  return rightToLeft.has(locale.toLowerCase().split("-")[0] ?? "") ? "rtl" : "ltr";
}

/** A file's size in a person's own notation, such as "1.4 MB". */
export function sizeText(locale: string, bytes: number): string {
  const [unit, value] =
    bytes < 1000
      ? ["byte", bytes]
      : bytes < 1_000_000
        ? ["kilobyte", bytes / 1024]
        : ["megabyte", bytes / (1024 * 1024)];
  const options = {
    style: "unit",
    unit,
    unitDisplay: unit === "byte" ? "long" : "short",
    maximumFractionDigits: 1,
  } as const;
  return new Intl.NumberFormat(locale, options).format(value as number);
}
