import { describe, expect, it } from "vitest";
import { placeholderRemark } from "../../../../src/config/document/placeholders.ts";
import { problemsOf, small } from "../example.ts";

describe("what was to be replaced", () => {
  it.each(["<tenant_id>", " <your secret here> ", "https://<host>/v1", "<tenant>.onmicrosoft.com"])(
    "is a placeholder: %s",
    (text) => expect(placeholderRemark(text)).toMatch(/^holds a placeholder/),
  );

  it.each([
    "${GRAPH_SECRET}",
    "my.app.${ENV}.x",
    "${A:-b}",
    "$GRAPH_SECRET",
    "%GRAPH_SECRET%",
    "{{ .Values.id }}",
  ])(
    "is a variable: %s",
    (text) => expect(placeholderRemark(text)).toMatch(/^holds a variable/),
  );

  it.each(["a < b and c > d", "$5", "100%", "{a}", "x$y", "prod", "a$", "s3cr3t~va.lue_-"])(
    "is not in %s",
    (text) => expect(placeholderRemark(text)).toBeNull(),
  );

  it("is told with its place, wherever it stands", () => {
    const text = small({
      globals: ["name: $NAME"],
      input: ["environment: '{{ env }}'"],
      services: ["signIns: {override_tag: 'my.app.${ENV:?}.x'}"],
    }).replace("s3cr3t~value", "'%GRAPH_SECRET%'");
    const said =
      "holds a variable that nothing here replaces; write ${NAME}, the value itself, or for a secret {env: NAME}";
    expect(problemsOf(text)).toEqual([
      `3:9 error globals.name: ${said}`,
      `10:22 error inputs.a.credentials.client_secret: ${said}`,
      `11:18 error inputs.a.environment: ${said}`,
      `13:31 error inputs.a.services.signIns.override_tag: ${said}`,
    ]);
  });

  it("is told once where its braces break the YAML around it", () => {
    const text = "a: {id: 1, secret: ${GRAPH_SECRET}, b: {c: 1}}\nd: {e: ${F}}\n";
    expect(problemsOf(text)).toEqual([
      "1:20 error : this line holds a variable within { } or [ ], where YAML takes its braces for a block; " +
      'put it in quotes: "${NAME}"',
    ]);
  });

  it("may stand in what masks a record", () => {
    const rule = "obfuscation_data: [{name: [a], value: '<masked>'}, {name: [b], value: '${B}'}]";
    expect(problemsOf(small({ services: ["signIns:", `  ${rule}`] }))).toEqual([]);
  });
});
