/** Identities that Azure gave a host: its own, and one that a user assigned. */
import type { ManagedIdentity } from "../../src/emulator/emulator.ts";
import { defaultTenant } from "../../src/emulator/options.ts";

const { tenantId } = defaultTenant;

export const OWN: ManagedIdentity = { tenantId, clientId: "0e1f2a3b-0000-4000-8000-000000000001" };
export const ASSIGNED = {
  tenantId,
  clientId: "0e1f2a3b-0000-4000-8000-000000000002",
  objectId: "0e1f2a3b-0000-4000-8000-00000000000b",
  resourceId:
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
} as const satisfies ManagedIdentity;
/** `IDENTITY_HEADER` of App Service. */
export const HEADER = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a";
