/** The object that a JSON text is; one without any members where it is none. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Readonly<Record<string, unknown>> : {};
  } catch {
    return {};
  }
}
