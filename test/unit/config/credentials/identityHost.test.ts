import { describe, expect, it } from "vitest";
import { hostRemark, identityHostOf } from "../../../../src/config/credentials/identityHost.ts";

type Env = Readonly<Record<string, string>>;

const hostOf = (env: Env, files: readonly string[] = []) =>
  identityHostOf({ file: "config.yaml", env, readFile: () => "" }, (path) => files.includes(path));

const HIMDS = "/opt/azcmagent/bin/himds";
const WINDOWS = { ProgramData: "C:\\ProgramData", ProgramFiles: "C:\\Program Files" };

describe("the service of the host's identity", () => {
  it.each<[string, Env, readonly string[], unknown]>([
    ["the metadata service of a virtual machine", {}, [], {
      kind: "metadata-service",
      url: "http://169.254.169.254/metadata/identity/oauth2/token",
    }],
    [
      "another metadata service, by Azure's own variable",
      {
        AZURE_POD_IDENTITY_AUTHORITY_HOST: "http://127.0.0.1:2579/",
      },
      [],
      { kind: "metadata-service", url: "http://127.0.0.1:2579/metadata/identity/oauth2/token" },
    ],
    [
      "App Service or Container Apps",
      {
        IDENTITY_ENDPOINT: "http://localhost:42356/msi/token",
        IDENTITY_HEADER: "853b9a84",
      },
      [],
      { kind: "app-service", url: "http://localhost:42356/msi/token" },
    ],
    [
      "Azure Arc by its variables",
      {
        IDENTITY_ENDPOINT: "http://localhost:40342/metadata/identity/oauth2/token",
        IMDS_ENDPOINT: "http://localhost:40342",
      },
      [],
      {
        kind: "arc",
        url: "http://localhost:40342/metadata/identity/oauth2/token",
        keyFolder: "/var/opt/azcmagent/tokens",
      },
    ],
    ["Azure Arc by its agent", {}, [HIMDS], {
      kind: "arc",
      url: "http://localhost:40342/metadata/identity/oauth2/token",
      keyFolder: "/var/opt/azcmagent/tokens",
    }],
    ["Azure Arc on Windows", WINDOWS, ["C:\\Program Files\\AzureConnectedMachineAgent\\himds.exe"], {
      kind: "arc",
      url: "http://localhost:40342/metadata/identity/oauth2/token",
      keyFolder: "C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens",
    }],
  ])("is %s", (_, env, files, host) => {
    expect(hostOf(env, files)).toMatchObject(host as object);
  });

  it("reads App Service's header at each use, and shows it to nobody", () => {
    const env: Record<string, string> = {
      IDENTITY_ENDPOINT: "http://localhost:42356/msi/token",
      IDENTITY_HEADER: "a",
    };
    const host = hostOf(env);
    if (host.kind !== "app-service") throw new Error(host.kind);
    expect(JSON.stringify(host)).not.toContain('"a"');
    env["IDENTITY_HEADER"] = "b";
    expect(host.header.reveal()).toBe("b");
  });

  it("is not Service Fabric's", () => {
    expect(hostRemark({ env: { IDENTITY_SERVER_THUMBPRINT: "AB" } })).toMatch(
      /Service Fabric.*use another kind/,
    );
    expect(hostRemark({ env: {} })).toBeNull();
  });
});
