// Prints what AsyncAPI's own parser has to say of each document, as a JSON list of lists: node validate.mjs FILE...
import { readFile } from "node:fs/promises";
import { argv, stdout } from "node:process";
import { Parser } from "@asyncapi/parser";

const SEVERITIES = ["error", "warning", "information", "hint"];

const parser = new Parser();
const said = [];
for (const file of argv.slice(2)) {
  const diagnostics = await parser.validate(await readFile(file, "utf-8"));
  said.push(
    diagnostics.map(({ severity, code, message, path }) => ({
      severity: SEVERITIES[severity],
      code,
      message,
      path: path.join("."),
    })),
  );
}
stdout.write(`${JSON.stringify(said, null, 2)}\n`);
