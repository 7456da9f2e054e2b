/** What an error means to who looks after a stream, by its code: words for a page, and no behaviour. */

/** What is said of a stream that fails. */
export interface Cause {
  /** Goes on after the name of a stream or an input: "lacks a permission". */
  readonly says: string;
  /** What somebody can do about it; one or two sentences. */
  readonly todo: string;
  /** Whether streams of an input that all fail so have one cause. @default false */
  readonly isShared?: true;
  /** The command that goes with it, to which the stream's names are added. @default doctor */
  readonly command?: readonly string[];
}

const BY_ITSELF = "It is tried again by itself; if it lasts, look at Microsoft's service health.";
const REPORT =
  "Graph answers what its documentation does not say: keep the request-id, and ask Microsoft's support.";
const NETWORK = "Check this host's way there: DNS, firewall, proxy. It is tried again by itself.";

const CAUSES: Readonly<Record<string, Cause>> = {
  "secret-missing": {
    says: "has no secret",
    todo: "Put the secret where the configuration looks for it.",
    isShared: true,
  },
  "secret-unreadable": {
    says: "cannot read its secret",
    todo: "Let this process read the secret's file.",
    isShared: true,
  },
  "token-refused": {
    says: "cannot log in",
    todo: "Check tenant_id, client_id and the credential: it may be wrong or out of date.",
    isShared: true,
  },
  "token-unavailable": { says: "gets no token", todo: NETWORK, isShared: true },
  "position-elsewhere": {
    says: "waits for its position, which another shard may have",
    todo: "Bring it by graphtap state export --move there, and graphtap state import here. " +
      "Where no shard has one, the command below lets it begin now.",
    isShared: true,
    command: ["state", "adopt"],
  },
  "graph-unauthorized": {
    says: "has a token that Graph refuses",
    todo: "Check the cloud of the tenant, its policies and this host's clock.",
    isShared: true,
  },
  "graph-forbidden": {
    says: "lacks a permission",
    todo:
      "Grant it with admin consent; it holds after some minutes. Where it is there, the text below says what else it can be.",
  },
  "graph-unlicensed": {
    says: "lacks a licence",
    todo: "The tenant needs the licence, or the service has to be disabled in the configuration.",
  },
  "graph-throttled": {
    says: "is throttled by Graph",
    todo: "Graph counts all programs of a tenant: see who else asks. It goes on by itself.",
    isShared: true,
  },
  "graph-unavailable": { says: "is not served by Graph", todo: BY_ITSELF, isShared: true },
  "graph-unreachable": { says: "cannot reach Graph", todo: NETWORK, isShared: true },
  "graph-timeout": { says: "is served too slowly", todo: BY_ITSELF, isShared: true },
  "graph-refused": {
    says: "is refused by Graph",
    todo: "What was answered is below, with what to check. The log at --log-level debug shows each request.",
  },
  "graph-unclear": { says: "is refused by Graph without a reason", todo: BY_ITSELF },
  "page-link-expired": { says: "loses its place between pages", todo: BY_ITSELF },
  "page-link-loop": { says: "gets pages that lead in a circle", todo: REPORT },
  "page-link-foreign": {
    says: "gets pages that lead elsewhere",
    todo: "Check override_base_url and the proxy: a link of Graph's names another host.",
  },
  "page-invalid": {
    says: "gets pages that cannot be read",
    todo: "See whether a proxy changes them on the way.",
  },
  "page-too-large": { says: "gets pages that are too large", todo: REPORT },
  "record-too-large": { says: "has a record that is too large", todo: REPORT },
  "window-too-large": { says: "gets pages without end", todo: REPORT },
  "window-endless": { says: "gets pages without end", todo: REPORT },
};

/** The words for a code; the code itself where there are none. */
export function causeOf(code: string): Cause {
  return CAUSES[code] ?? { says: `fails (${code})`, todo: BY_ITSELF };
}
