// Reads pages by name and answers which features each family of mail programs does not know, by caniemail's data.
const { load } = require("./load.cjs");

// Where the data say nothing about a program, the package throws; unknown is not an error here.
function fillGaps(features) {
  const programs = new Set(features.flatMap(({ stats }) =>
    Object.entries(stats).flatMap(([family, systems]) => Object.keys(systems).map((system) => `${family}.${system}`))));
  for (const { stats } of features) {
    for (const [family, system] of [...programs].map((program) => program.split("."))) {
      stats[family] = stats[family] || {};
      if (!Object.keys(stats[family][system] || {}).length) stats[family][system] = { unknown: "u" };
    }
  }
}

module.exports = async (pages) => {
  const { caniemail, rawData } = await load("caniemail");
  fillGaps(rawData.data);
  const found = {};
  for (const html of Object.values(pages)) {
    const { issues } = caniemail({ clients: ["*"], html });
    for (const [client, problems] of issues.errors) {
      const family = client.split(".")[0];
      found[family] = found[family] || new Set();
      for (const problem of problems) found[family].add(problem.title);
    }
  }
  return Object.fromEntries(Object.entries(found).map(([family, titles]) => [family, [...titles].sort()]));
};
