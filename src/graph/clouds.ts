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
 * are refused by another. DoD and 21Vianet are reached by the three overrides.
 */
export function resolveCloud(settings: CloudSettings): Cloud {
  const graphUrl = withoutSlash(settings.baseUrl ?? `https://graph.microsoft.${settings.topLevelDomain}`);
  const login = settings.topLevelDomain === "us"
    ? "https://login.microsoftonline.us"
    : "https://login.microsoftonline.com";
  return {
    graphUrl,
    loginUrl: withoutSlash(settings.loginUrl ?? login),
    scope: settings.scope ?? `${graphUrl}/.default`,
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
