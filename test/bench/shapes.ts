/** The records that are read: made by the emulator's makers, as long and as hard to compress as Graph's own. */

/** What the records of one kind are like; `shapes.test.ts` holds the pages to it. */
export interface Shape {
  /** In the rows of the table. */
  readonly called: string;
  readonly service: string;
  /** The collection's name in the emulator. */
  readonly collection: string;
  /** The member that the service is read by. */
  readonly time: string;
  /** The array that gets more items until a record is long enough. */
  readonly list: string;
  /** On the average of a page. */
  readonly bytes: number;
  /** How many bytes of a page of 1,000 are one of gzip's. */
  readonly gzip: number;
  /** Backslashes in a record, on the average and at least. */
  readonly escapes: number;
}

export type ShapeName = "signIns" | "longSignIns" | "audits" | "alerts";

const signIns: Shape = {
  called: "sign-ins of 1.6 KB",
  service: "signIns",
  collection: "signIns",
  time: "createdDateTime",
  list: "appliedConditionalAccessPolicies",
  bytes: 1600,
  gzip: 14,
  escapes: 0,
};

export const SHAPES: Readonly<Record<ShapeName, Shape>> = {
  signIns,
  // Of a tenant with many policies: what earlier figures were taken with.
  longSignIns: { ...signIns, called: "sign-ins of 4 KB", bytes: 4000, gzip: 9.5 },
  audits: {
    called: "directory audits of 4 KB",
    service: "directory_audits",
    collection: "directoryAudits",
    time: "activityDateTime",
    list: "modifiedProperties",
    bytes: 4000,
    gzip: 3,
    escapes: 100,
  },
  // As if they were sign-ins: of alerts, every window of more than one page is read twice, which no floor does.
  alerts: {
    called: "alerts of 10 KB",
    service: "signIns",
    collection: "alerts_v2",
    time: "createdDateTime",
    list: "evidence",
    bytes: 10_000,
    gzip: 8,
    escapes: 50,
  },
};
