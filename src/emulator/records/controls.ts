/** A secure score control: names come from a few products, and repeat with a number when they run out. */
export interface Control {
  readonly name: string;
  readonly title: string;
  readonly category: string;
  readonly service: string;
}

const SUBJECTS: readonly (readonly [name: string, title: string])[] = [
  ["mfa_registration", "Ensure all users can complete multifactor authentication"],
  ["legacy_auth", "Block legacy authentication"],
  ["password_expiry", "Do not let passwords expire"],
  ["idle_timeout", "Sign people out who are idle"],
  ["external_sharing", "Limit sharing with people outside"],
  ["consent_workflow", "Let administrators decide on consent"],
  ["safe_attachments", "Open attachments in isolation first"],
  ["audit_log_search", "Keep the audit log on"],
  ["guest_invitations", "Let only some people invite guests"],
  ["admin_accounts", "Name between two and four global administrators"],
];

const PRODUCTS: readonly (readonly [prefix: string, category: string, service: string])[] = [
  ["aad", "Identity", "AzureAD"],
  ["mdo", "Apps", "MDO"],
  ["spo", "Apps", "SPO"],
  ["exo", "Data", "EXO"],
  ["mip", "Data", "MIP"],
  ["scid", "Device", "MDATP"],
  ["mcas", "Apps", "MCAS"],
];

/** The `n`th control. The first keeps the one name in another style. */
export function controlOf(n: number): Control {
  if (n === 0) {
    return {
      name: "DLPEnabled",
      title: "Apply data loss prevention policies",
      category: "Data",
      service: "IP",
    };
  }
  const [subject = "", title = ""] = SUBJECTS[n % SUBJECTS.length] ?? [];
  const [prefix = "", category = "", service = ""] =
    PRODUCTS[Math.floor(n / SUBJECTS.length) % PRODUCTS.length] ?? [];
  const round = Math.floor(n / (SUBJECTS.length * PRODUCTS.length));
  return { name: `${prefix}_${subject}${round === 0 ? "" : `_${round + 1}`}`, title, category, service };
}
