import * as z from "zod";
import { GraphtapError } from "../errors.ts";
import type { Selection } from "../server/pull/select.ts";

const names = z.union([z.string(), z.array(z.string())]).optional();
const requestSchema = z.strictObject({ service: names, input: names });

/**
 * Reads a line of standard input: `{"service":"signIns","input":"contoso"}`, either left out or a list; an empty
 * line asks for everything.
 *
 * @param line `null` for one that was too long
 * @throws usage
 */
export function parseExecRequest(line: string | null): Selection {
  if (line === null) throw wrong("the line is too long");
  if (line.trim() === "") return { services: [], inputs: [] };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw wrong("the line is not JSON");
  }
  const request = requestSchema.safeParse(value);
  if (!request.success) throw wrong(request.error.issues.map(({ message }) => message).join("; "));
  const { service = [], input = [] } = request.data;
  return { services: [service].flat(), inputs: [input].flat() };
}

function wrong(what: string): GraphtapError {
  return new GraphtapError(
    "usage",
    `Cannot read the request: ${what}; expected an empty line or {"service":…,"input":…}`,
  );
}
