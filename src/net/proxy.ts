/** Which requests go by which proxy: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in small letters or capitals. */
import { Buffer } from "node:buffer";
import { BlockList, isIP } from "node:net";
import { GraphtapError } from "../errors.ts";

/** A forward proxy. */
export interface Proxy {
  /** The variable that names it. */
  readonly variable: string;
  /** Scheme, host and port, without user and password: fit for messages. */
  readonly origin: string;
  /** The `Proxy-Authorization` header; `null` for none. */
  readonly authorization: string | null;
}

/** The proxy for a request, or `null` when it goes straight to its target. */
export type ChooseProxy = (target: URL) => Proxy | null;

/** Everything goes straight to its target. */
export const withoutProxy: ChooseProxy = () => null;

/**
 * Reads the environment. Small letters win, as with curl; an empty variable is one that is not set.
 *
 * @throws usage a variable does not hold the address of a proxy; its value is not shown, for it may hold a password
 */
export function proxiesFrom(env: Readonly<Record<string, string | undefined>>): ChooseProxy {
  const http = readProxy(env, "HTTP_PROXY");
  const https = readProxy(env, "HTTPS_PROXY");
  if (http === null && https === null) return withoutProxy;
  const isExcepted = readExceptions(env);
  return (target) => {
    const proxy = target.protocol === "https:" ? https : http;
    return proxy === null || isExcepted(target) ? null : proxy;
  };
}

function find(env: Readonly<Record<string, string | undefined>>, name: string) {
  const variable = env[name.toLowerCase()] ? name.toLowerCase() : name;
  return { variable, value: (env[variable] ?? "").trim() };
}

function readProxy(env: Readonly<Record<string, string | undefined>>, name: string): Proxy | null {
  const { variable, value } = find(env, name);
  if (value === "") return null;
  const fault = faultOf(value);
  if (fault !== null) {
    throw new GraphtapError(
      "usage",
      `${variable} is not the address of a proxy: ${fault}; expected http://HOST:PORT or http://USER:PASSWORD@HOST:PORT`,
    );
  }
  const { origin, username, password } = new URL(value);
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    variable,
    origin,
    authorization: user === ":" ? null : `Basic ${Buffer.from(user).toString("base64")}`,
  };
}

/** What is wrong with the address of a proxy, without a word of it; `null` when nothing is. */
function faultOf(value: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase();
  if (scheme === undefined) return 'it has no scheme, write "http://" before it';
  if (scheme !== "http" && scheme !== "https") return `"${scheme}" proxies are not supported`;
  if (value.includes("\\")) return "it holds a backslash, write it as %5C";
  const url = URL.canParse(value) ? new URL(value) : null;
  // A "/", "?" or "#" of a password ends the host too early.
  const isCut = url !== null && (url.hash !== "" || url.search !== "" || !["", "/"].includes(url.pathname));
  if (url === null || isCut) {
    return value.includes("@")
      ? 'a "#", "/", "?", ":" or "@" in the user or the password is written as %23, %2F, %3F, %3A, %40'
      : "it is not HOST:PORT behind the scheme";
  }
  try {
    decodeURIComponent(url.username + url.password);
  } catch {
    return 'a "%" in the user or the password is written as %25';
  }
  return null;
}

/**
 * NO_PROXY: names (with all below them), addresses and networks (10.0.0.0/8), each with or without a port, between
 * commas or blanks; `*` for everything.
 */
function readExceptions(env: Readonly<Record<string, string | undefined>>): (target: URL) => boolean {
  const { variable, value } = find(env, "NO_PROXY");
  const entries = value.toLowerCase().split(/[\s,]+/).filter((entry) => entry !== "");
  const matches = entries.map((entry) => exception(variable, entry));
  return (target) => {
    const host = target.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
    const port = target.port || (target.protocol === "https:" ? "443" : "80");
    return matches.some((match) => match(host, port));
  };
}

type Exception = (host: string, port: string) => boolean;

function exception(variable: string, entry: string): Exception {
  if (entry === "*") return () => true;
  const network = /^\[?([0-9a-f.:]+)\]?\/(\d+)$/.exec(entry);
  if (network !== null) return within(variable, network[1]!, Number(network[2]));
  const [, bracketed, plain, wanted] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  const name = (bracketed ?? plain ?? entry).replace(/^\*?\./, "").replace(/\.$/, "");
  const isPort: (port: string) => boolean = (port) => wanted === undefined || wanted === port;
  if (isIP(name) !== 0) {
    const isSame = within(variable, name, isIP(name) === 4 ? 32 : 128);
    return (host, port) => isPort(port) && isSame(host, port);
  }
  return (host, port) => isPort(port) && (host === name || host.endsWith(`.${name}`));
}

function within(variable: string, address: string, bits: number): Exception {
  const version = isIP(address);
  if (version === 0 || bits > (version === 4 ? 32 : 128)) {
    throw new GraphtapError(
      "usage",
      `${variable} holds "${address}/${bits}", expected a network such as 10.0.0.0/8`,
    );
  }
  const list = new BlockList();
  list.addSubnet(address, bits, version === 4 ? "ipv4" : "ipv6");
  return (host) => isIP(host) !== 0 && list.check(host, isIP(host) === 4 ? "ipv4" : "ipv6");
}
