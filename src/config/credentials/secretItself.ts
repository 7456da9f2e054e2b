/** Secrets by their form, for keys that should only say where one is: people put the secret itself there. */

const FORMS = [
  // A certificate or a key as PEM, and whatever else has several lines.
  /-----BEGIN |[\r\n]./,
  // A JSON Web Token, perhaps made a path already.
  /(?:^|[\s/\\])eyJ[\w-]*\.[\w-]+\.[\w-]*\s*$/,
  // A client secret as Entra makes it.
  /(?:^|[\s/\\])[\w.~-]{3}\dQ~[\w.~-]{31,34}\s*$/,
];

/** Whether a text is a secret itself, and no path and no variable's name. */
export function isSecretItself(text: string): boolean {
  return FORMS.some((form) => form.test(text));
}
