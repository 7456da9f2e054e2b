/** Where a tenant's Graph and login live (https://learn.microsoft.com/graph/deployments). */

export interface Cloud {
  /** Origin of Graph, without a path. */
  readonly graphUrl: string;
  /** Origin of the token endpoint. */
  readonly loginUrl: string;
  /** Origin of Entra's own login service, which an assertion is for also behind a reverse proxy. */
  readonly authority: string;
  readonly scope: string;
}

/** What an input says about its cloud; `null` where it says nothing. */
export interface CloudSettings {
  readonly topLevelDomain: "com" | "us";
  readonly baseUrl: string | null;
  readonly loginUrl: string | null;
  readonly scope: string | null;
}

/**
 * Global and GCC are `com`; GCC High is `us`, and its login and scope move with it, since tokens of one cloud
 * are refused by another. DoD and 21Vianet are reached by the three overrides. An address that is none of Microsoft's is
 * a reverse proxy's before the Graph, or the login service, of the cloud.
 */
export function resolveCloud(settings: CloudSettings): Cloud {
  const graphUrl = withoutSlash(settings.baseUrl ?? `https://graph.microsoft.${settings.topLevelDomain}`);
  const login = settings.topLevelDomain === "us"
    ? "https://login.microsoftonline.us"
    : "https://login.microsoftonline.com";
  // Tokens are for Graph, not for a proxy before it.
  const audience = isPublicGraph(graphUrl) ? graphUrl : `https://graph.microsoft.${settings.topLevelDomain}`;
  const loginUrl = withoutSlash(settings.loginUrl ?? login);
  return {
    graphUrl,
    loginUrl,
    authority: PUBLIC_LOGINS.has(loginUrl) ? loginUrl : login,
    scope: settings.scope ?? `${audience}/.default`,
  };
}

const PUBLIC_GRAPHS: ReadonlySet<string> = new Set([
  "https://graph.microsoft.com",
  "https://graph.microsoft.us",
  "https://dod-graph.microsoft.us",
  "https://microsoftgraph.chinacloudapi.cn",
]);

const PUBLIC_LOGINS: ReadonlySet<string> = new Set([
  "https://login.microsoftonline.com",
  "https://login.microsoftonline.us",
  "https://login.windows.net",
  "https://login.chinacloudapi.cn",
  "https://login.partner.microsoftonline.cn",
]);

/** Whether a URL leads to Graph itself, by one of the names it has in Microsoft's clouds. */
export function isPublicGraph(url: string): boolean {
  return URL.canParse(url) && PUBLIC_GRAPHS.has(new URL(url).origin);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
