// Lints texts with Harper as it comes: one JSON string a line in, one JSON array of findings out.
//
//   node harper.mjs DIRECTORY    where `npm install harper.js` was run
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const home = process.argv[2];
const entry = createRequire(join(home, "package.json")).resolve.paths("harper.js")[0];
const dist = join(entry, "harper.js", "dist");
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const { LocalLinter, SuggestionKind } = await load("index.js");
const { binaryInlined } = await load("binaryInlined.js");

const linter = new LocalLinter({ binary: binaryInlined });
await linter.setup();

function replacement(suggestion, problem) {
  switch (suggestion.kind()) {
    case SuggestionKind.Remove:
      return "";
    case SuggestionKind.InsertAfter:
      return problem + suggestion.get_replacement_text();
    default:
      return suggestion.get_replacement_text();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const text = JSON.parse(line);
  // Its offsets are those of JavaScript; ours are code points.
  const offset = (units) => [...text.slice(0, units)].length;
  const lints = await linter.lint(text, { language: "markdown" });
  const found = lints.map((lint) => {
    const span = lint.span();
    const problem = lint.get_problem_text();
    const suggestions = lint.suggestions().map((one) => replacement(one, problem));
    return { start: offset(span.start), end: offset(span.end), kind: lint.lint_kind(), suggestions };
  });
  process.stdout.write(JSON.stringify(found) + "\n");
}
