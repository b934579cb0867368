/** So many subscribers, made as they are asked for. */
import type { Columns } from "../../src/crypto/columns.ts";
import type { Recipient, Recipients } from "../../src/outbox/campaigns.ts";

export const crowd = (size: number, columns: Columns, platform = "net"): Recipients => ({
  count: async () => ({ [platform]: size }),
  async after(id, _who, most): Promise<Recipient[]> {
    const from = id === "" ? 0 : Number(id.slice(1)) + 1;
    return Array.from({ length: Math.max(0, Math.min(most, size - from)) }, (_, i) => ({
      id: `s${String(from + i).padStart(8, "0")}`,
      address: columns.seal("address", { platform, id: `person-${from + i}` }),
      locale: "en",
      platform,
    }));
  },
});
