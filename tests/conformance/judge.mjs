// Compares what the suite found with what has to pass: judge.mjs RESULTS EXPECTED REVISION...
//
// EXPECTED has a line "REVISION SCENARIO" for each scenario that has to pass: at least one success, no failure, no
// warning; with a number behind it, as many successes, where the suite has a mild word for what may be left out. A
// scenario that passes and is not expected fails as well, so that the list grows with the suite; so does a failure or a
// warning anywhere.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [results, expectedFile, ...revisions] = process.argv.slice(2);
const lines = readFileSync(expectedFile, "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
const least = new Map(lines.map((line) => line.match(/^(\S+ \S+) ?(\d*)$/)).map(([, name, count]) => [name, Number(count || 1)]));
const expected = new Set(least.keys());
const passed = new Set();
const problems = [];

for (const revision of revisions) {
  for (const folder of readdirSync(join(results, revision))) {
    const scenario = folder.match(/^server-(.*)-\d+-\d+-\d+T[\d-]+Z$/)?.[1];
    const file = join(results, revision, folder, "checks.json");
    if (!scenario || !existsSync(file)) continue;
    const name = `${revision} ${scenario}`;
    const checks = JSON.parse(readFileSync(file, "utf8"));
    const bad = checks.filter(({ status }) => status === "FAILURE" || status === "WARNING");
    const good = checks.filter(({ status }) => status === "SUCCESS");
    if (bad.length === 0 && good.length >= (least.get(name) ?? 1)) passed.add(name);
    for (const { status, id, errorMessage, description } of bad) {
      problems.push(`${name}: ${status} ${id}: ${(errorMessage ?? description ?? "").slice(0, 300)}`);
    }
  }
}

for (const name of expected) if (!passed.has(name)) problems.push(`${name}: has to pass`);
for (const name of passed) if (!expected.has(name)) problems.push(`${name}: passes; add it to ${expectedFile}`);
for (const problem of problems) console.error(problem);
console.log(`conformance: ${passed.size} of ${expected.size} expected scenarios pass`);
process.exit(problems.length === 0 ? 0 : 1);
