/** The keys of an input and of its credentials. */
import * as z from "zod";
import { choice, flag, identifier, key, positive, text } from "./field.ts";
import { requestLimitsSchema } from "./requestLimits.ts";

const part = (what: string) =>
  z.string({ error: `${what}, a text` }).trim().regex(
    /^[^\s/?#\\]+$/,
    `${what}, without white space and slashes`,
  );

const secretExpected = "a text in quotes, {env: NAME} or {file: PATH}";
/** A secret: as it is, or where to find it. */
export const secretSchema = z.union([
  z.string().min(1, { error: secretExpected }),
  z.strictObject({ env: text().describe("Environment variable that holds the secret.") }),
  z.strictObject({ file: text().describe("File with the secret on one line, relative to this file.") }),
], { error: secretExpected });

/** `credentials`. Nothing of it is ever shown: values get swapped. */
export const credentialsSchema = z.strictObject({
  tenant_id: key(part("the tenant's id"), "The tenant: its id or one of its domain names.", {
    secret: true,
    missing: ["InputConfigurationError", 5],
    wrong: ["InputConfigurationError", 6],
    examples: ["00000000-0000-0000-0000-000000000000"],
  }),
  client_id: key(part("the application's id"), "The application (client) id.", {
    secret: true,
    missing: ["InputConfigurationError", 7],
    wrong: ["InputConfigurationError", 8],
    examples: ["00000000-0000-0000-0000-000000000000"],
  }),
  client_secret: key(secretSchema, "The client secret's value: as it is, or where to find it.", {
    secret: true,
    missing: ["InputConfigurationError", 9],
    wrong: ["InputConfigurationError", 10],
    examples: [{ env: "GRAPH_CLIENT_SECRET" }],
  }),
}, { error: "a block with tenant_id, client_id and client_secret" });

/** An input. Its services are read apart, as their names come from the plugins. */
export const inputSchema = z.strictObject({
  id: key(identifier(), "Part of the state's address: no two inputs share one.", { examples: ["10001"] }),
  enabled: key(flag().default(true), "Whether the input is pulled."),
  credentials: key(credentialsSchema, "The application that reads the tenant.", {
    missing: ["InputConfigurationError", 3],
    wrong: ["InputConfigurationError", 4],
  }),
  environment: key(text().optional(), "Added to each record as @devo_environment.", { examples: ["prod"] }),
  override_top_level_domain: key(
    choice("com", "us").default("com"),
    "The cloud: us for GCC High, com for all others.",
  ),
  override_base_url: key(text("an https address").optional(), "Address of Graph.", {
    examples: ["https://graph.microsoft.com"],
  }),
  override_login_url: key(text("an https address").optional(), "Address of the login service.", {
    examples: ["https://login.microsoftonline.com"],
  }),
  override_scope_value: key(text().optional(), "Scope of the token; {base URL}/.default when it is absent."),
  override_scope: key(text().optional(), "Another spelling of override_scope_value."),
  requests_per_second: key(positive().optional(), "A cap beside Microsoft's limits.", {
    unit: "requests per second",
  }),
  request_per_second: key(positive().optional(), "Another spelling of requests_per_second.", {
    unit: "requests per second",
  }),
  requests_limits: key(
    requestLimitsSchema.optional(),
    "Caps over all services of the input, beside Microsoft's limits.",
    {
      examples: [[{ period: "10s", number_of_requests: 5 }]],
    },
  ),
  autoconfig: key(z.unknown().optional(), "Of the old collector; accepted, without effect.", { idle: true }),
  services: key(z.unknown().optional(), "What to pull."),
});
