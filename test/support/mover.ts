/** A move in a process of its own, to be killed. Arguments: from, to. */
import { move } from "../../src/move.ts";

const [, , from = "", to = ""] = process.argv;
await move(from, to);
