/** What `override_base_url` and `override_login_url` may hold. */

/** An address without a slash at its end, or what was expected instead. */
export type Endpoint = { readonly url: string } | { readonly expected: string };

/**
 * Reads an address to which a token or a secret is sent.
 *
 * @param insecure Whether plain http may leave this host (`globals.allow_insecure_urls`).
 */
export function readEndpoint(text: string, insecure: boolean): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    return { expected: "an absolute https address" };
  }
  if (url.username !== "" || url.password !== "") return { expected: "an address without user and password" };
  if (/[?#]/.test(text)) return { expected: "an address without query and fragment" };
  if (url.protocol === "http:" && !insecure && !isLoopback(url.hostname)) {
    return { expected: "https, or http to this host only, or globals.allow_insecure_urls: true" };
  }
  return { url: url.href.replace(/\/+$/, "") };
}

/** Whether the host name of a URL is this host. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** What makes an address of Graph ask in vain, completing "expected …"; `null` when nothing does. */
export function graphAddressRemark(url: string): string | null {
  return /\/(v1\.0|beta)(\/|$)/i.test(new URL(url).pathname)
    ? "the address of Graph alone: its version (/v1.0, /beta) and what follows are added"
    : null;
}

/** The same of an address of the login service. */
export function loginAddressRemark(url: string): string | null {
  const { hostname, pathname } = new URL(url);
  const isMicrosofts = /^login\.(microsoftonline\.(com|us)|windows\.net|chinacloudapi\.cn)$/i.test(hostname);
  return /\/oauth2(\/|$)/i.test(pathname) || (isMicrosofts && pathname !== "/")
    ? "the address of the login service alone: the tenant and /oauth2/v2.0/token are added"
    : null;
}

/**
 * The address of Graph in a 1.x `override_base_url_main`, which is a template for one service: what stands before the
 * version, a `{placeholder}` and the query.
 */
export function baseOfTemplate(template: string): string {
  return template.replace(/(\/(v1\.0|beta)(\/.*)?|[?{].*)$/i, "").replace(/\/+$/, "");
}
