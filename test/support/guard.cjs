/**
 * Nothing that tests run reaches beyond this machine: a connection, a datagram or a look-up of a name that leads elsewhere is
 * refused, and written down with its target for the test to fail by. Loaded into each process of the tests before anything else
 * (`NODE_OPTIONS`), and so plain JavaScript. `TEST_REACHED` names the file to write to, `TEST_NEIGHBOURS` what the beginning of
 * an address is within a test's own network of namespaces.
 */
const dgram = require("node:dgram");
const dns = require("node:dns");
const { appendFileSync } = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");
const net = require("node:net");

/** Servers that the operator of the tests has named. */
const named = [process.env.TEST_POSTGRES_URL, process.env.TEST_REDIS_URL].flatMap((url) =>
  url ? [new URL(url).hostname] : [],
);

/** @param {string} host a name or an address */
function own(host) {
  const bare = host.replace(/^\[|\]$/g, "").replace(/^::ffff:/i, "");
  const neighbours = process.env.TEST_NEIGHBOURS;
  return (
    /^(localhost|::1?|0\.0\.0\.0|127(\.\d{1,3}){3})$/i.test(bare) ||
    named.includes(bare) ||
    (neighbours !== undefined && net.isIPv4(bare) && bare.startsWith(neighbours))
  );
}

/** Writes it down; the error that whoever tried is to get. @param {string} how @param {string} target @param {string} code */
function refused(how, target, code) {
  if (process.env.TEST_REACHED) appendFileSync(process.env.TEST_REACHED, `${how} ${target}\n`);
  return Object.assign(new Error(`${how}: ${code}`), { code });
}

/** @param {any[]} args of `connect`: already in order as an array, options, a path, or a port and a host */
function targetOf(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === "object" && first !== null) return first.path ?? first.host ?? "localhost";
  if (typeof first === "string" && !/^\d+$/.test(first)) return first;
  return typeof second === "string" ? second : "localhost";
}

/** @type {any} the process, where it may stand already */
const everywhere = globalThis;
const key = Symbol.for("quietline guard");
const before = everywhere[key];
/** @type {{ passed: number }} how many connections it let through */
const state = before ?? { passed: 0 };
everywhere[key] = state;
module.exports = state;

if (!before) {
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = /** @type {any} */ (
    /** @this {net.Socket} @param {any[]} args */
    function (...args) {
      const target = targetOf(args);
      // a path is a socket of this machine
      if (target.startsWith("/") || target.startsWith("\0") || own(target)) {
        state.passed += 1;
        return connect.apply(this, /** @type {any} */ (args));
      }
      const error = refused("connection to", target, "ECONNREFUSED");
      queueMicrotask(() => this.destroy(error));
      return this;
    }
  );

  const { send, connect: aim } = dgram.Socket.prototype;
  dgram.Socket.prototype.send = /** @type {any} */ (
    /** @this {dgram.Socket} @param {any[]} args message, offset and length or not, port, address or not, callback or not */
    function (...args) {
      const target = args.slice(1).find((arg) => typeof arg === "string") ?? "localhost";
      if (own(target)) return send.apply(this, /** @type {any} */ (args));
      const error = refused("datagram to", target, "ENETUNREACH");
      const answer = args.at(-1);
      if (typeof answer === "function") queueMicrotask(() => answer(error));
      else queueMicrotask(() => this.emit("error", error));
    }
  );
  dgram.Socket.prototype.connect = /** @type {any} */ (
    /** @this {dgram.Socket} @param {any[]} args */
    function (...args) {
      const target = args.find((arg) => typeof arg === "string") ?? "localhost";
      if (own(target)) return aim.apply(this, /** @type {any} */ (args));
      const error = refused("datagram to", target, "ENETUNREACH");
      queueMicrotask(() => this.emit("error", error));
    }
  );

  // every way to ask for a name, with a callback and with a promise; an address that is written out is asked of nobody
  /** @param {any} from @param {"callback" | "promise"} how */
  const guardNames = (from, how) => {
    for (const name of Object.getOwnPropertyNames(from).filter((one) => /^(lookup|resolve|reverse)/.test(one))) {
      const ask = from[name];
      if (typeof ask !== "function") continue;
      from[name] = /** @this {any} @param {any[]} args */ function (...args) {
        const target = String(args[0] ?? "");
        if (own(target) || target === "" || (name === "lookup" && net.isIP(target))) return ask.apply(this, args);
        const error = refused("look-up of", target, "ENOTFOUND");
        if (how === "promise") return Promise.reject(error);
        const answer = args.at(-1);
        queueMicrotask(() => typeof answer === "function" && answer(error));
      };
    }
  };
  guardNames(dns, "callback");
  guardNames(dns.promises, "promise");
  guardNames(Object.getPrototypeOf(dns.Resolver.prototype), "callback");
  guardNames(dns.Resolver.prototype, "callback");
  guardNames(Object.getPrototypeOf(dns.promises.Resolver.prototype), "promise");
  guardNames(dns.promises.Resolver.prototype, "promise");
  syncBuiltinESMExports();
}
