// Loads a package that is an ES module only: `import` knows no NODE_PATH, so its entry is looked up here.
const { join } = require("node:path");
const { readFileSync } = require("node:fs");
const { pathToFileURL } = require("node:url");

exports.load = (name) => {
  const folder = join(process.env.NODE_PATH, name);
  const { exports: entries } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return import(pathToFileURL(join(folder, entries["."].default)));
};
