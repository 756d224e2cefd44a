// node ask.cjs JUDGE: what the judge says about the JSON on standard input, as JSON on standard output.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

require(join(__dirname, `${process.argv[2]}.cjs`))(JSON.parse(readFileSync(0, "utf8"))).then(
  (answer) => process.stdout.write(JSON.stringify(answer)),
  (error) => { console.error(error); process.exitCode = 1; },
);
