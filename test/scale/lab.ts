/**
 * A laboratory of network namespaces: one in the middle with a switch, and one for each host on a cable that can be
 * pulled. Nothing in it reaches anything outside. Where namespaces are not to be had, hosts are processes on loopback, and
 * a pulled cable is a process that stands still.
 */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";

export interface Lab {
  kind: "namespaces" | "processes";
  /** The command in front of a program that is to run in the middle. */
  inMiddle: string[];
  remove(): void;
}

export interface Site {
  kind: Lab["kind"];
  /** The middle, as hosts reach it, and a host, as the middle reaches it. */
  middle: string;
  host(n: number): string;
  /** Runs Node on a host. */
  run(n: number, args: string[], options: SpawnOptions): ChildProcess;
  /** Pulls a host's cable, or puts it back. */
  cable(n: number, there: boolean, child: ChildProcess): void;
}

const ip = (...args: string[]): void => void execFileSync("ip", args, { stdio: "ignore" });
const net = "10.99.0";

/** Builds the laboratory, for so many hosts. */
export function build(hosts: number): Lab {
  const name = `ql${process.pid}`;
  const made: string[] = [];
  const remove = (): void => {
    for (const space of made.splice(0)) execFileSync("ip", ["netns", "del", space], { stdio: "ignore" });
  };
  try {
    const space = (suffix: string): string => {
      ip("netns", "add", name + suffix);
      made.push(name + suffix);
      ip("-n", name + suffix, "link", "set", "lo", "up");
      return name + suffix;
    };
    const middle = space("m");
    ip("-n", middle, "link", "add", "switch", "type", "bridge");
    ip("-n", middle, "addr", "add", `${net}.1/24`, "dev", "switch");
    ip("-n", middle, "link", "set", "switch", "up");
    for (let n = 0; n < hosts; n++) {
      const host = space(`h${n}`);
      ip("-n", middle, "link", "add", `cable${n}`, "type", "veth", "peer", "name", "eth0", "netns", host);
      ip("-n", middle, "link", "set", `cable${n}`, "master", "switch");
      ip("-n", middle, "link", "set", `cable${n}`, "up");
      ip("-n", host, "addr", "add", `${net}.${10 + n}/24`, "dev", "eth0");
      ip("-n", host, "link", "set", "eth0", "up");
    }
    // in here these addresses are this machine's own
    return { kind: "namespaces", inMiddle: ["ip", "netns", "exec", middle, "env", `TEST_NEIGHBOURS=${net}.`], remove };
  } catch {
    remove();
    return { kind: "processes", inMiddle: [], remove };
  }
}

/** The laboratory as it looks from its middle. @param lab what `build` answered, and the number of the process that built it */
export function site(kind: Lab["kind"], builder: number): Site {
  if (kind === "processes")
    return {
      kind,
      middle: "127.0.0.1",
      host: () => "127.0.0.1",
      run: (_n, args, options) => spawn(process.execPath, args, options),
      cable: (_n, there, child) => void child.kill(there ? "SIGCONT" : "SIGSTOP"),
    };
  return {
    kind,
    middle: `${net}.1`,
    host: (n) => `${net}.${10 + n}`,
    run: (n, args, options) => spawn("ip", ["netns", "exec", `ql${builder}h${n}`, process.execPath, ...args], options),
    cable: (n, there) => ip("link", "set", `cable${n}`, there ? "up" : "down"),
  };
}
