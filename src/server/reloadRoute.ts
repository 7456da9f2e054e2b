/** `POST /v1/reload`: reads the configuration again, as SIGHUP does, and tells what came of it. */
import { problem, problemOf } from "./problem.ts";
import type { ReloadResult, StreamAt } from "./reload.ts";

/** The answer: what has changed, or 422 with every problem of a configuration that changed nothing. */
export function answerReload(result: ReloadResult): Response {
  if ("changes" in result) {
    const { added, removed, changed, unchanged } = result.changes;
    return Response.json({
      added: counted(added),
      removed: counted(removed),
      changed: counted(changed),
      unchanged: counted(unchanged),
    });
  }
  const { error, problems } = result;
  // A stop is no fault of the file.
  if (!error.kind.isFault) return problemOf(error);
  return problem(422, error.code, error.message, {}, { problems });
}

function counted(streams: readonly StreamAt[]) {
  return { count: streams.length, streams };
}
