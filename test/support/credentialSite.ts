/** A site whose application proves itself in every way that the emulated Entra can verify. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TenantOptions } from "../../src/emulator/emulator.ts";
import { type ApplicationCertificate, applicationCertificate } from "./applicationCertificate.ts";
import { foreignIssuer, type Issuer } from "./assertions.ts";
import { CONTOSO, contoso, FABRIKAM, openSite, type Site } from "./site.ts";

/** Whose tokens the application trusts. */
export const SUBJECT = "system:serviceaccount:siem:graphtap";

export interface CredentialSite {
  readonly site: Site;
  /** Registered with the application. */
  readonly made: ApplicationCertificate;
  readonly issuer: Issuer;
  /** Takes another certificate in the place of the one that is registered. */
  register(certificate: ApplicationCertificate): void;
  /** Writes a configuration of one input with these credentials beside its ids, and gives its path. */
  write(credentials: Readonly<Record<string, unknown>>, url?: string): string;
  /** A token of the issuer, in a file of the site's folder. */
  writeToken(): string;
}

/** Opens one for the running test, with thirty records of directory_audits. Both tenants have the application. */
export async function openCredentialSite(tokenSeconds = 3599): Promise<CredentialSite> {
  const issuer = foreignIssuer();
  const certificates: { pem: string }[] = [];
  const known = { certificates, federatedCredentials: [{ issuer: issuer.issuer, subject: SUBJECT }] };
  const { clientId } = CONTOSO;
  const tenants: TenantOptions[] = [CONTOSO, FABRIKAM].map((tenant) => ({ ...tenant, clientId, ...known }));
  const site = await openSite({ tenants, issuers: [issuer], tokenSeconds });
  site.emulator.produce("directoryAudits", 30);
  const made = applicationCertificate(join(site.folder, "certificate"));
  const register = ({ certificate }: ApplicationCertificate) =>
    void certificates.splice(0, 1, { pem: readFileSync(certificate, "utf8") });
  register(made);
  return {
    site,
    made,
    issuer,
    register,
    write(credentials, url = site.url) {
      const path = join(site.folder, "config.yaml");
      const config = JSON.stringify(site.config([{ ...contoso("directory_audits"), credentials }]));
      writeFileSync(path, config.replaceAll(`"${site.url}"`, `"${url}"`));
      return path;
    },
    writeToken() {
      const path = join(site.folder, "token");
      writeFileSync(path, issuer.token(SUBJECT, Date.now()));
      return path;
    },
  };
}
