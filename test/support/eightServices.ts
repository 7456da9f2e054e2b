/** The services that the old collector reads: loads are made of them, whatever comes to the list of services. */
export const EIGHT_SERVICES = [
  "signIns",
  "signIns_v2",
  "directory_audits",
  "provisioning_audits",
  "alerts_v2",
  "alerts",
  "secure_scores",
  "secure_score_control_profiles",
];
