import type { Clock } from "../clock.ts";
import { addSeconds, fromMillis, type Instant, secondsBetween } from "../instant.ts";
import type { CollectionName } from "./collections.ts";
import type { Random } from "./random.ts";
import { makeAlert } from "./records/alert.ts";
import { makeAlertV2 } from "./records/alertV2.ts";
import { type Cast, createCast } from "./records/cast.ts";
import { makeControlProfile } from "./records/controlProfile.ts";
import { makeDirectoryAudit } from "./records/directoryAudit.ts";
import { makeProvisioning } from "./records/provisioning.ts";
import type { Recipe } from "./records/recipe.ts";
import { makeSecureScore } from "./records/secureScore.ts";
import { type SignInKind, signInKindOf, v1SignIn } from "./records/signIn.ts";
import { betaSignIn } from "./records/signInBeta.ts";
import type { Store } from "./store.ts";

/** When the events happened, and to whom. */
export interface ProduceOptions {
  /** First event time. @default one second before `to` */
  readonly from?: Instant;
  /** End of the event times, which are spread evenly and stay below it. @default now */
  readonly to?: Instant;
  /** @default the first tenant */
  readonly tenantId?: string;
}

/** Makes records and stores them; see `Emulator.produce`. */
export type Producer = (
  tenantId: string,
  collection: CollectionName,
  count: number,
  when: ProduceOptions,
) => Uint8Array[];

/** What producers work with. */
export interface ProducerContext {
  readonly random: Random;
  readonly clock: Clock;
  readonly store: Store;
}

/** A producer; what it makes in one collection does not depend on what it made in others. */
export function createProducer({ random, clock, store }: ProducerContext): Producer {
  const workshops = new Map<string, { random: Random; cast: Cast; made: number }>();

  return (tenantId, collection, count, { from, to = fromMillis(clock.now()) }) => {
    const start = from ?? addSeconds(to, -1);
    const step = count > 0 ? secondsBetween(start, to) / count : 0;
    const workshop = workshopOf(tenantId, collection);
    const made: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      const at = addSeconds(start, step * i);
      const room = Math.min(Math.max(step, 0), 1);
      made.push(one(collection, { ...workshop, n: workshop.made++, at, room }));
    }
    return made;
  };

  function workshopOf(tenantId: string, collection: CollectionName) {
    const key = `${tenantId}/${collection}`;
    const known = workshops.get(key);
    if (known !== undefined) return known;
    const fresh = {
      random: random.fork(key),
      cast: createCast(random.fork(`cast/${tenantId}`), tenantId),
      made: 0,
    };
    workshops.set(key, fresh);
    return fresh;
  }

  function one(collection: CollectionName, recipe: Recipe): Uint8Array {
    const { tenantId } = recipe.cast;
    const put = (json: string, into = collection) => store.put(tenantId, into, json);
    switch (collection) {
      case "signIns":
        return signIn(recipe, "interactiveUser", put).v1;
      case "signIns_beta":
        return signIn(recipe, signInKindOf(recipe.n), put).beta;
      case "directoryAudits":
        return put(makeDirectoryAudit(recipe));
      case "provisioning":
        return put(makeProvisioning(recipe));
      case "alerts":
        return put(makeAlert(recipe));
      case "alerts_v2":
        return put(makeAlertV2(recipe));
      case "secureScores":
        return put(makeSecureScore(recipe, (id) => store.find(tenantId, collection, id) !== undefined));
      case "secureScoreControlProfiles":
        return put(makeControlProfile(recipe));
    }
  }

  /** One table in two dresses: v1.0 shows its interactive rows alone. */
  function signIn(recipe: Recipe, kind: SignInKind, put: (json: string, into: CollectionName) => Uint8Array) {
    const beta = put(betaSignIn(recipe, kind), "signIns_beta");
    return { beta, v1: kind === "interactiveUser" ? put(v1SignIn(recipe, kind), "signIns") : beta };
  }
}
