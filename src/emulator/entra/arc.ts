/** The agent of Azure Arc: whoever asks must show that it may read a file of the agent's (managed-identity-authentication). */
import type { ArcAgent } from "../options.ts";
import type { Call, World } from "../world.ts";
import { hostAnswer } from "./managedIdentity.ts";
import { answerHostToken, judgeMetadataRequest } from "./metadataService.ts";

/** The path of `IDENTITY_ENDPOINT` here; its own port tells the agent's from that of the metadata service. */
export const ARC_PATH = "/arc/metadata/identity/oauth2/token";

const CHOICES = ["client_id", "object_id", "msi_res_id"];

/** Answers GET IDENTITY_ENDPOINT: first with the file to read, then with the token. */
export async function answerArc(request: Request, call: Call, world: World): Promise<Response> {
  const url = new URL(request.url);
  const { arc } = world.options;
  if (arc === undefined) return hostAnswer(404, { error: "not_found" });
  const refused = judgeMetadataRequest(request, url);
  if (refused !== null) return refused;
  const [scheme, key = ""] = (request.headers.get("authorization") ?? "").split(" ");
  if (scheme?.toLowerCase() !== "basic" || !world.arcKeys.delete(key)) return challenge(arc, world);
  const asked = CHOICES.map((name) => [name, url.searchParams.get(name)] as const).find(([, id]) =>
    id !== null
  );
  if (asked !== undefined && arc.isOld) url.searchParams.delete(asked[0]);
  const response = answerHostToken(url, call, world);
  return asked === undefined || arc.isOld ? response : await withChoice(response, asked);
}

function challenge({ keep }: ArcAgent, world: World): Response {
  const key = world.random.hex(64);
  world.arcKeys.add(key);
  const path = keep(`${world.random.guid()}.key`, key);
  const body = { error: "unauthorized_client", error_description: "Missing Basic Authorization header" };
  return hostAnswer(401, body, { "www-authenticate": `Basic realm=${path}` });
}

/** An agent that knows the identities repeats which one it took. */
async function withChoice(
  response: Response,
  [name, id]: readonly [string, string | null],
): Promise<Response> {
  if (response.status !== 200) return response;
  return hostAnswer(200, { ...await response.json() as Record<string, unknown>, [name]: id });
}
