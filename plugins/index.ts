import type { Plugin } from "../src/plugin/plugin.ts";
import alerts from "./alerts.ts";
import alertsV2 from "./alertsV2.ts";
import directoryAudits from "./directoryAudits.ts";
import provisioningAudits from "./provisioningAudits.ts";
import secureScoreControlProfiles from "./secureScoreControlProfiles.ts";
import secureScores from "./secureScores.ts";
import signIns from "./signIns.ts";
import signInsV2 from "./signInsV2.ts";

/** Every service graphtap brings along, in the order in which they are listed and polled. */
export const plugins: readonly Plugin[] = [
  signIns,
  signInsV2,
  directoryAudits,
  provisioningAudits,
  alertsV2,
  alerts,
  secureScores,
  secureScoreControlProfiles,
];
