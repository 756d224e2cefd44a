// Reads pages by name and answers what html-validate finds in each: "rule: message" with the line.
const { HtmlValidate, StaticConfigLoader } = require("html-validate");

const RULES = {
  extends: ["html-validate:recommended"],
  rules: {
    // A letter is styled in its elements: mail programs drop style sheets.
    "no-inline-style": "off",
    // Tables carry border, width and align because Outlook's Word engine obeys nothing else.
    "no-deprecated-attr": "off",
    // <!--[if mso]> is how Outlook is given a fixed width.
    "no-conditional-comment": "off",
    // Layout tables have no body of data; role="presentation" says so.
    "prefer-tbody": "off",
    // <div role="article"> is what screen readers of mail programs look for; the headings of sections are no <h2>, which
    // the entries below them are, because clients enlarge those at will.
    "prefer-native-element": ["error", { exclude: ["article", "heading"] }],
    // Long titles are cut by nobody; the number of characters in <title> is the edition's affair.
    "long-title": "off",
    // Non-breaking spaces and no-break rules of telephone numbers are for English sites.
    "tel-non-breaking": "off",
  },
};

module.exports = async (pages) => {
  const judge = new HtmlValidate(new StaticConfigLoader(RULES));
  const found = {};
  for (const [name, html] of Object.entries(pages)) {
    const report = await judge.validateString(html, `${name}.html`);
    found[name] = report.results.flatMap((result) =>
      result.messages.map((one) => `${one.ruleId}: ${one.message} (line ${one.line}, ${one.selector || ""})`));
  }
  return found;
};
