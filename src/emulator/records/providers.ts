import type { Random } from "../random.ts";

/** One product behind the legacy alerts; each has its own form of id and its own habits with times. */
export interface Provider {
  readonly provider: string;
  readonly subProvider: string | null;
  readonly title: string;
  readonly id: (random: Random) => string;
  /** Seconds between the event and the alert. */
  readonly delay: number;
}

/** Six of them, each known by its `vendorInformation.provider`. */
export const PROVIDERS: readonly Provider[] = [
  {
    provider: "ASC",
    subProvider: "StorageThreatDetection",
    title: "Access from an unusual location to a storage blob container",
    id: (random) => `${random.digits(19)}_${random.guid()}`,
    delay: 10_000,
  },
  {
    provider: "MCAS",
    subProvider: null,
    title: "Multiple failed login attempts",
    id: (random) => random.hex(24),
    delay: 3600,
  },
  {
    provider: "IPC",
    subProvider: null,
    title: "Anonymous IP address",
    id: (random) => random.hex(64),
    delay: 90,
  },
  {
    provider: "Azure Sentinel",
    subProvider: null,
    title: "New user agent observed in the last 24 hours",
    id: (random) => random.guid(),
    delay: 14 * 86_400,
  },
  {
    provider: "Microsoft Defender ATP",
    subProvider: "MicrosoftDefenderATP",
    title: "Suspicious file on one endpoint",
    id: (random) => `da${random.digits(18)}_-${random.digits(9)}`,
    delay: 1000,
  },
  {
    provider: "Office 365 Security and Compliance",
    subProvider: null,
    title: "User reported a message",
    id: (random) => random.guid(),
    delay: 300,
  },
];
