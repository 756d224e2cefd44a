// Opens pages in Chromium and answers, for each view of each: what axe-core finds, what was asked of the network,
// how wide the page is, and which links within it lead nowhere.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const puppeteer = require("puppeteer-core");

const AXE = readFileSync(join(process.env.NODE_PATH, "axe-core", "axe.min.js"), "utf8");

async function look(browser, { html, width, scheme, styled }) {
  const page = await browser.newPage();
  const asked = [];
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:")) asked.push(url);
    request.abort();
  });
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setContent(html, { waitUntil: "load" });
  if (!styled) await page.evaluate(() => document.querySelectorAll("style").forEach((one) => one.remove()));
  const measured = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    lost: [...document.querySelectorAll('a[href^="#"]')]
      .map((link) => link.getAttribute("href"))
      .filter((href) => !document.getElementById(decodeURIComponent(href.slice(1)))),
    links: document.querySelectorAll('a[href^="#"]').length,
  }));
  await page.evaluate(AXE);
  const report = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  await page.close();
  const axe = report.violations.flatMap((rule) => rule.nodes.map((node) => ({
    rule: rule.id, where: node.html.slice(0, 200), why: (node.failureSummary || "").slice(0, 400),
  })));
  return { asked, axe, ...measured };
}

module.exports = async ({ chromium, profile, views }) => {
  const browser = await puppeteer.launch({
    executablePath: chromium,
    userDataDir: profile,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
      "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
      "--host-resolver-rules=MAP * ~NOTFOUND"],
  });
  try {
    const seen = [];
    for (const view of views) seen.push(await look(browser, view));
    return seen;
  } finally {
    await browser.close();
  }
};
