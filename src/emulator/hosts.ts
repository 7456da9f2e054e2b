/** Graph's hosts in the four clouds, for callers that reach the emulator in the place of one of them. */
export const GRAPH_HOSTS: readonly string[] = [
  "graph.microsoft.com",
  "graph.microsoft.us",
  "dod-graph.microsoft.us",
  "microsoftgraph.chinacloudapi.cn",
];

/** The login service of the same cloud, by Graph's host. */
export const LOGIN_HOSTS: Readonly<Record<string, string>> = {
  "graph.microsoft.com": "login.microsoftonline.com",
  "graph.microsoft.us": "login.microsoftonline.us",
  "dod-graph.microsoft.us": "login.microsoftonline.us",
  "microsoftgraph.chinacloudapi.cn": "login.partner.microsoftonline.cn",
};

/** Whether a token for `audience` is good at `host`: at a host that is none of Graph's, one of them is behind it. */
export function isGoodAt(audience: string, host: string): boolean {
  return audience === host || (!GRAPH_HOSTS.includes(host) && GRAPH_HOSTS.includes(audience));
}
