import type { Instant } from "../../instant.ts";
import { makeAlert } from "./alert.ts";
import { makeAlertV2 } from "./alertV2.ts";
import { makeAuditRecord } from "./auditRecord.ts";
import { makeControlProfile } from "./controlProfile.ts";
import { makeDirectoryAudit } from "./directoryAudit.ts";
import { time } from "./json.ts";
import { makeProvisioning } from "./provisioning.ts";
import type { Recipe } from "./recipe.ts";
import { makeSecureScore } from "./secureScore.ts";
import { signInKindOf, v1SignIn } from "./signIn.ts";
import { betaSignIn } from "./signInBeta.ts";

/** Finished JSON texts by the names of their members. */
export type Changed = Readonly<Record<string, string>>;

/** How the records of a collection are made. */
export interface Sample {
  make(recipe: Recipe): string;
  /** The members that a change in place gives other values; without it, records never change. */
  change?(record: Readonly<Record<string, unknown>>, when: Instant): Changed;
  /** The same event in another collection, at its path; `null` when it is not shown there. */
  readonly twin?: { readonly path: string; make(recipe: Recipe): string | null };
}

const SIGN_INS = "/v1.0/auditLogs/signIns";
const SIGN_INS_BETA = "/beta/auditLogs/signIns";

/** Records as they were seen on Graph, by the path of their collection. Elsewhere they have a general shape. */
export const samples: Readonly<Record<string, Sample>> = {
  // One table in two dresses: v1.0 shows its interactive rows alone.
  [SIGN_INS]: {
    make: (recipe) => v1SignIn(recipe, "interactiveUser"),
    twin: { path: SIGN_INS_BETA, make: (recipe) => betaSignIn(recipe, "interactiveUser") },
  },
  [SIGN_INS_BETA]: {
    make: (recipe) => betaSignIn(recipe, signInKindOf(recipe.n)),
    twin: {
      path: SIGN_INS,
      make: (recipe) => {
        const kind = signInKindOf(recipe.n);
        return kind === "interactiveUser" ? v1SignIn(recipe, kind) : null;
      },
    },
  },
  "/v1.0/auditLogs/directoryAudits": { make: makeDirectoryAudit },
  "/v1.0/auditLogs/provisioning": { make: makeProvisioning },
  "/beta/security/auditLog/queries": { make: makeAuditRecord },
  "/v1.0/security/alerts": {
    make: makeAlert,
    change: ({ status }, when) => ({
      status: nextOf(["newAlert", "inProgress", "resolved"], status),
      lastModifiedDateTime: time(when),
    }),
  },
  "/v1.0/security/alerts_v2": {
    make: makeAlertV2,
    change: ({ status }, when) => ({
      status: nextOf(["new", "inProgress", "resolved"], status),
      lastUpdateDateTime: time(when),
    }),
  },
  "/v1.0/security/secureScores": {
    make: makeSecureScore,
    change: (_, when) => ({ currentScore: `${when.seconds % 500}.5` }),
  },
  "/v1.0/security/secureScoreControlProfiles": {
    make: makeControlProfile,
    change: (_, when) => ({ rank: String(when.seconds % 1000) }),
  },
};

function nextOf(states: readonly string[], state: unknown): string {
  return JSON.stringify(states[(states.indexOf(String(state)) + 1) % states.length]);
}
