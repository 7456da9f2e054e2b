import { describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import { createRegistry } from "../../src/plugin/registry.ts";
import { inventedPlugins } from "../support/inventedPlugins.ts";
import { describeContract } from "../support/pluginContract.ts";

describe("a service of ours:", () => describeContract(plugins));

// A service is one file: nothing but the plugin says what these are.
describe("a service that nobody has prepared for:", () => describeContract(inventedPlugins));

it("the services of the old collector are all there, by every name they ever had", () => {
  const names = [
    "directory_audits",
    "provisioning_audits",
    "signIns",
    "signIns_v2",
    "alerts",
    "alerts_v2",
    "secure_scores",
    "secure_score_control_profiles",
    "audit",
    "directory_audit",
    "provisioning",
    "provisioning_audit",
    "signIn",
    "signins",
    "signIn_nonInteractive",
    "signIn_servicePrincipal",
    "signIn_managedIdentity",
    "secureScores",
    "secure_score_control_profile",
  ];
  expect(names.filter((name) => createRegistry(plugins).resolve(name) === null)).toEqual([]);
});
