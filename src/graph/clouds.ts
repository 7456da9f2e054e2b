/** Where a tenant's Graph and login live (https://learn.microsoft.com/graph/deployments). */

export interface Cloud {
  /** Origin of Graph, without a path. */
  readonly graphUrl: string;
  /** Origin of the token endpoint. */
  readonly loginUrl: string;
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
 * are refused by another. DoD and 21Vianet are reached by the three overrides. An address that is none of Graph's is a
 * reverse proxy's before the Graph of the cloud.
 */
export function resolveCloud(settings: CloudSettings): Cloud {
  const graphUrl = withoutSlash(settings.baseUrl ?? `https://graph.microsoft.${settings.topLevelDomain}`);
  const login = settings.topLevelDomain === "us"
    ? "https://login.microsoftonline.us"
    : "https://login.microsoftonline.com";
  // Tokens are for Graph, not for a proxy before it.
  const audience = isPublicGraph(graphUrl) ? graphUrl : `https://graph.microsoft.${settings.topLevelDomain}`;
  return {
    graphUrl,
    loginUrl: withoutSlash(settings.loginUrl ?? login),
    scope: settings.scope ?? `${audience}/.default`,
  };
}

const PUBLIC_GRAPHS: ReadonlySet<string> = new Set([
  "https://graph.microsoft.com",
  "https://graph.microsoft.us",
  "https://dod-graph.microsoft.us",
  "https://microsoftgraph.chinacloudapi.cn",
]);

/** Whether a URL leads to Graph itself, by one of the names it has in Microsoft's clouds. */
export function isPublicGraph(url: string): boolean {
  return URL.canParse(url) && PUBLIC_GRAPHS.has(new URL(url).origin);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
