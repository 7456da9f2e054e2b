import type { Clock } from "../clock.ts";
import type { Plugin, QuotaName } from "../plugin/plugin.ts";
import type { CollectionName } from "./collections.ts";
import type { Registration, TrustedIssuer } from "./entra/registrations.ts";

/** So many requests in any span of so many seconds. */
export interface QuotaLimit {
  /** The most requests. */
  readonly requests: number;
  /** The span that they are counted in. */
  readonly seconds: number;
}

/** One tenant with one application in it. */
export interface TenantOptions extends Registration {
  /** A GUID or a domain. */
  readonly tenantId: string;
  /** The id of the application. */
  readonly clientId: string;
  /** What the portal shows. @default none */
  readonly name?: string;
  /** The object id of its service principal. @default made of the other ids */
  readonly objectId?: string;
  /** Its service principal in the tenant. @default "enabled" */
  readonly principal?: "enabled" | "disabled" | "missing";
  /** Whether another tenant is the application's home: then nobody can look at it here. @default false */
  readonly registeredElsewhere?: boolean;
  /** Application permissions that an administrator consented to. @default all that the collections ask for, and to read applications */
  readonly permissions?: readonly string[];
  /** Whether the tenant has bought what the plugins call a `licence`; it is refused those collections without. @default true */
  readonly premium?: boolean;
}

/** An identity that Azure gave the host. */
export interface ManagedIdentity extends Omit<TenantOptions, keyof Registration> {
  /** Of one that a user assigned. @default none: the host's own */
  readonly resourceId?: string;
}

/** Where the agent of a host keeps its keys. */
export interface ArcAgent {
  /** Writes a key into a file of the agent's folder, and gives its path. */
  readonly keep: (name: string, key: string) => string;
  /** Whether it is too old to know identities that a user assigned: then it takes the host's own. @default false */
  readonly isOld?: boolean;
}

/** One record of one page, as it goes out. The same record is served as often as it is asked for. */
export interface ServedRecord {
  /** 1 for the first that this emulator served, 2 for the next. */
  readonly number: number;
  /** Whose it is. */
  readonly tenantId: string;
  /** Where it is. */
  readonly collection: CollectionName;
  /** Exactly as sent. Whether they arrived, the emulator cannot know. */
  readonly bytes: Uint8Array;
}

/** How the jobs of an audit log search fare. */
export interface JobOptions {
  /** Until one is done. @default 90 */
  readonly seconds?: number;
  /** The most that are under way at once in a tenant. @default 50 */
  readonly mostAtOnce?: number;
  /** The most records of one. @default 1000000 */
  readonly mostRecords?: number;
  /** What becomes of the job of this number, from 1, over these seconds since the epoch. @default "succeeded" */
  readonly outcome?: (
    number: number,
    from: number,
    to: number,
  ) => "succeeded" | "failed" | "cancelled" | "hangs";
}

/** How the emulated Graph and Entra behave. */
export interface EmulatorOptions {
  /** Where the collections are, and how they behave: one for each plugin. */
  readonly plugins: readonly Plugin[];
  /** What time it is there. @default the host's clock */
  readonly clock?: Clock;
  /** Decides every record, id and variation of form. @default 1 */
  readonly seed?: number;
  /** The tenants there are. @default one tenant, {@linkcode defaultTenant} */
  readonly tenants?: readonly TenantOptions[];
  /** Replaces the figures of a budget, or takes all limits away. @default those of Microsoft's throttling page */
  readonly quotas?: Partial<Record<QuotaName, QuotaLimit>> | "off";
  /** Seconds that a token lives. @default 3599, of a managed identity 86400 */
  readonly tokenSeconds?: number;
  /** Issuers of foreign tokens that can be reached. @default none */
  readonly issuers?: readonly TrustedIssuer[];
  /**
   * Whether an assertion may come more than once. Some of Microsoft's own libraries send one again until it ends.
   * @default "refused"
   */
  readonly repeatedAssertions?: "taken" | "refused";
  /**
   * Identities of the host, for its metadata service (`/metadata/identity/oauth2/token`), for App Service (`/msi/token`)
   * and for Azure Arc (`/arc/metadata/identity/oauth2/token`). @default none
   */
  readonly managedIdentities?: readonly ManagedIdentity[];
  /** `IDENTITY_HEADER` of App Service. @default it is no App Service */
  readonly identityHeader?: string;
  /** The agent of Azure Arc. @default there is none */
  readonly arc?: ArcAgent;
  /** Records on a page when a request names no `$top`, by the name of the collection. */
  readonly defaultPageSizes?: Readonly<Record<string, number>>;
  /** `true` compresses every page, `false` none. @default as the request's Accept-Encoding says */
  readonly gzip?: boolean;
  /** Whether a page may now and then be short or empty although more follow, as on Graph. @default true */
  readonly unevenPages?: boolean;
  /** Requests after which a `$skiptoken` is forgotten. @default 5000 */
  readonly skipTokenRequests?: number;
  /**
   * Offset at which a collection paged by `$skip` ends without a further link although records remain, which
   * users of alerts_v2 report without agreeing on a figure. @default none
   */
  readonly skipCeilings?: Readonly<Record<string, number>>;
  /** The most rows of an answer of advanced hunting. @default 100000 */
  readonly huntingRows?: number;
  /** How jobs fare. */
  readonly jobs?: JobOptions;
  /** Told of every record, as the part of the page that holds it is made. */
  readonly onServed?: (served: ServedRecord) => void;
}

/** The tenant of an emulator that was given none. The secret is no secret. */
export const defaultTenant = {
  tenantId: "3f7c1e52-90ab-4d6e-8c21-5b0e7a94d210",
  clientId: "b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77",
  clientSecret: "not-a-secret",
} as const satisfies TenantOptions;
