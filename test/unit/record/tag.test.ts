import { describe, expect, it } from "vitest";
import { plugins } from "../../../plugins/index.ts";
import { createFieldReader } from "../../../src/json/fields.ts";
import { createRegistry } from "../../../src/plugin/registry.ts";
import { createTagger } from "../../../src/record/tag.ts";

const registry = createRegistry(plugins);

/** The tag that a record of a service gets. */
function tagOf(service: string, record: string, generation = "2", override: string | null = null): string {
  const { tag } = registry.resolve(service)!;
  const bytes = new TextEncoder().encode(record);
  const [start = -1, end = -1] = typeof tag === "string"
    ? []
    : createFieldReader([tag.field]).read(bytes, 0, bytes.length);
  return createTagger(tag, generation, override)(bytes, start, end);
}

describe("tags", () => {
  it.each([
    ["directory_audits", "cloud.azure.ad.audit.2.msgraph"],
    ["provisioning_audits", "cloud.azure.ad.provisioning.2.msgraph"],
    ["signIns", "cloud.azure.ad.signin.2.msgraph"],
    ["alerts_v2", "cloud.msgraph.security.alerts_v2.2"],
    ["secure_scores", "cloud.office365.security.scores.2.msgraph"],
    ["secure_score_control_profiles", "cloud.office365.security.scorecontrol.2.msgraph"],
  ])("of %s are always %s", (service, tag) => expect(tagOf(service, '{"id":"1"}')).toBe(tag));

  it.each([
    ['["interactiveUser"]', "interactive_user_signin"],
    ['["nonInteractiveUser"]', "noninteractive_user_signin"],
    ['["managedIdentity"]', "managed_identity_signin"],
    ['["servicePrincipal"]', "service_principal_signin"],
    ['["unknownFutureValue"]', "unknown_future_value_signin"],
    ['["brandNew"]', "unknown_future_value_signin"],
    ['["brandNew","servicePrincipal","interactiveUser"]', "service_principal_signin"],
    ["[]", "unknown_future_value_signin"],
    ["null", "unknown_future_value_signin"],
  ])("of signIns_v2 with %s are …%s", (types, table) => {
    expect(tagOf("signIns_v2", `{"id":"1","signInEventTypes":${types}}`)).toBe(
      `cloud.azure.ad.${table}.2.msgraph`,
    );
  });

  it.each([
    ["signIn_nonInteractive", "noninteractive_user"],
    ["signIn_servicePrincipal", "service_principal"],
    ["signIn_managedIdentity", "managed_identity"],
  ])("of %s are its one table's, whatever else a record says", (service, table) => {
    expect(tagOf(service, '{"id":"1","signInEventTypes":["interactiveUser"]}', "1")).toBe(
      `cloud.azure.ad.${table}_signin.1.msgraph`,
    );
  });

  it.each([
    ["IPC", "cloud.azure.ad.alerts.2.msgraph"],
    ["ipc", "cloud.azure.ad.alerts.2.msgraph"],
    ["MCAS", "cloud.office365.cloud_apps.alerts.2.msgraph"],
    ["Microsoft Defender ATP", "cloud.office365.endpoint.alerts.2.msgraph"],
    ["Microsoft 365 Defender", "cloud.office365.endpoint.alerts.2.msgraph"],
    ["Office 365 Security and Compliance", "cloud.office365.security.alerts.2.msgraph"],
    ["Azure Sentinel", "cloud.azure.sentinel.alerts.2.msgraph"],
    ["ASC", "cloud.office365.identity.alerts.2.msgraph"],
    ["Azure Advanced Threat Protection", "cloud.azure.securitycenter.alerts.2.msgraph"],
    ["Contoso Guard", "cloud.msgraph.security.alerts.2"],
  ])("of alerts by %s are %s", (provider, tag) => {
    expect(tagOf("alerts", `{"id":"1","vendorInformation":{"vendor":"Microsoft","provider":"${provider}"}}`))
      .toBe(tag);
  });

  it("of alerts that name no provider are the general one", () => {
    expect(tagOf("alerts", '{"id":"1"}')).toBe("cloud.msgraph.security.alerts.2");
    expect(tagOf("alerts", '{"id":"1","vendorInformation":null}')).toBe("cloud.msgraph.security.alerts.2");
  });

  it("carry the generation that the configuration asks for", () => {
    expect(tagOf("signIns", "{}", "1")).toBe("cloud.azure.ad.signin.1.msgraph");
  });

  it("give way to an override as a whole", () => {
    expect(tagOf("alerts", '{"vendorInformation":{"provider":"IPC"}}', "2", "my.app.graph.alerts")).toBe(
      "my.app.graph.alerts",
    );
  });
});
