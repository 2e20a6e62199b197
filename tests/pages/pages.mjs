// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The mailseal authors
// The pages of `check`, `senders`, `plan` and `report` (--html) in a real browser: light, dark, narrow, printed, without JavaScript.
//
//     MAILSEAL=build/mailseal node tests/pages/pages.mjs [--shots FOLDER]
//
// Prints "N passed, N failed"; exits 77 with "N cases skipped" where the browser or its driver is missing.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const program = process.env.MAILSEAL ?? join(root, "build", "mailseal");
const browserPath = process.env.MAILSEAL_CHROMIUM ?? "/usr/bin/chromium";
const python = process.env.MAILSEAL_PYTHON ?? "/usr/bin/python3";
const shots = process.argv[2] === "--shots" ? process.argv[3] : null;
const SKIPPED = 77;
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const COUNCIL = "_dmarc.northmere.example TXT";

// name, facts, further options, the domains on the page
const pages = [
	["council", "examples/council.jsonl", [], ["northmere.example"]],
	["parked", "examples/parked.jsonl", [], ["northmere-market.example"]],
	["good", "tests/pages/facts/good.jsonl", [], ["good-council.gov.uk"]],
	["unknown", "tests/pages/facts/unknown.jsonl", [], ["zone-timeout.org"]],
	["several", "tests/pages/facts/several.jsonl", [], ["good-council.gov.uk", "northmere.example",
		"parked-good.org", "zone-servfail.org", "prüfstand-lab.org", "never-registered-by-anyone.com"]],
	["with", "examples/council.jsonl", ["--with", `${COUNCIL} v=DMARC1; p=reject`], ["northmere.example"]],
	["hostile", null, [], ["northmere.example"]],
];
// name, reports of reports.py, command: the pages of senders and plan
const reported = [
	["plan-council", "council", "plan"],
	["plan-good", "good", "plan"],
	["plan-few", "few", "plan"],
	["senders-council", "council", "senders"],
	["senders-hostile", "hostile", "senders"],
];
const looks = [
	{ name: "light", width: 1200, height: 900, colorScheme: "light", isJudged: true },
	{ name: "dark", width: 1200, height: 900, colorScheme: "dark", isJudged: true },
	{ name: "narrow", width: 360, height: 740, colorScheme: "light" },
	{ name: "narrowest", width: 320, height: 640, colorScheme: "dark" },
];
const checks = (pages.length + reported.length + 1) * (looks.length + 2) + 1;

function skip(why) {
	console.log(`${checks} cases skipped: ${why}`);
	process.exit(SKIPPED);
}

if (!existsSync(browserPath)) {
	skip(`no ${browserPath}`);
}
let chromium, axe;
try {
	({ chromium } = await import("playwright-core"));
	axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
} catch {
	skip("playwright-core or axe-core is missing (npm ci in tests/pages)");
}

const folder = mkdtempSync(join(tmpdir(), "mailseal-pages-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
if (shots) {
	mkdirSync(shots, { recursive: true });
}

let passed = 0;
let failed = 0;

// Runs one named check; it fails by throwing.
async function check(name, run) {
	try {
		await run();
		passed++;
	} catch (error) {
		failed++;
		console.log(`FAILED ${name}: ${error.message}`);
	}
}

function expect(isTrue, message) {
	if (!isTrue) {
		throw new Error(message);
	}
}

// Text that wants to leave its place, in records that the page shows.
function hostileFacts() {
	const payload = `<script>document.title='owned'</script></style></td><img src=http://192.0.2.1/x onerror=alert(1)>` +
		`"'&amp;\\226\\128\\174\\027[31m` + "x".repeat(900);
	const text = readFileSync(join(root, "examples/council.jsonl"), "utf8")
		.split("\n").map((line) => {
			if (!/"_dmarc\.northmere|"northmere.example","type":"TXT/.test(line)) {
				return line;
			}
			const fact = JSON.parse(line);
			const kind = fact.name.startsWith("_dmarc") ? "v=DMARC1; p=none; rua=" : "v=spf1 include:";
			const quoted = (kind + payload).replaceAll('"', '\\"').match(/(\\\d{3}|\\.|[^\\]){1,200}/g);
			fact.records = [quoted.map((part) => `"${part}"`).join(" ")];
			return JSON.stringify(fact);
		});
	const path = join(folder, "hostile.jsonl");
	writeFileSync(path, text.join("\n"));
	return path;
}

function render(name, facts, options) {
	const html = join(folder, `${name}.html`);
	const replay = facts === null ? hostileFacts() : join(root, facts);
	const args = ["check", "--replay", replay, "--html", html, "-q", "--fail-on", "never", ...options];
	try {
		execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
	} catch (error) {
		expect(error.status === 3, `mailseal ended with ${error.status}: ${error.stderr}`);
	}
	return pathToFileURL(html).href;
}

function renderReports(name, kind, command) {
	const [mails, database, html] = ["mails", "db", "html"].map((end) => join(folder, `${name}.${end}`));
	const quiet = { stdio: ["ignore", "ignore", "pipe"] };
	const run = (...args) => {
		try {
			execFileSync(program, args, quiet);
		} catch (error) {
			expect(error.status === 1, `mailseal ${args[0]} ended with ${error.status}: ${error.stderr}`);
		}
	};
	mkdirSync(mails);
	execFileSync(python, [join(here, "reports.py"), mails, kind], quiet);
	run("ingest", mails, "--db", database, "--authserv-id", "mx.northmere.example");
	run(command, "northmere.example", "--db", database, "--now", "2026-11-25T12:00:00Z", "--html", html,
		...(command === "plan" ? ["--offline"] : []));
	return pathToFileURL(html).href;
}

// The page of an estate of the lab, with two days, three groups and exceptions.
function renderEstate() {
	const estate = join(folder, "estate");
	const html = join(folder, "report.html");
	mkdirSync(estate);
	execFileSync(python, [join(here, "estate.py"), program, estate], { stdio: ["ignore", "ignore", "pipe"] });
	execFileSync(program, ["report", "--db", join(estate, "estate.db"), "--until", "2026-11-03T00:00:00Z",
		"--exceptions", join(estate, "exceptions.csv"), "--html", html, "-q"], { stdio: ["ignore", "ignore", "pipe"] });
	return pathToFileURL(html).href;
}

// A fresh page; what it asks the network for and what it complains about is kept.
async function open(browser, url, look, javaScriptEnabled) {
	const context = await browser.newContext({
		viewport: { width: look.width, height: look.height }, colorScheme: look.colorScheme, javaScriptEnabled,
		bypassCSP: javaScriptEnabled, // axe is put into the page; the page's own policy is tested without it
	});
	const page = await context.newPage();
	const noise = [];
	page.on("request", (request) => request.url() === url || noise.push(`asked for ${request.url()}`));
	page.on("console", (message) => ["error", "warning"].includes(message.type()) && noise.push(message.text()));
	page.on("pageerror", (error) => noise.push(error.message));
	page.on("dialog", (dialog) => { noise.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
	await page.goto(url, { waitUntil: "load" });
	return { context, page, noise };
}

async function axeViolations(page) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate((tags) =>
		axe.run(document, { runOnly: { type: "tag", values: tags } }), WCAG);
	return violations.map((v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].target} ${v.nodes[0].failureSummary}`);
}

async function lookAt(browser, name, url, look) {
	const { context, page, noise } = await open(browser, url, look, true);
	try {
		const width = await page.evaluate(() => document.documentElement.scrollWidth);
		if (shots) {
			await page.screenshot({ path: join(shots, `${name}-${look.name}-first.png`) });
			await page.screenshot({ path: join(shots, `${name}-${look.name}.png`), fullPage: true });
		}
		expect(width <= look.width, `the page is ${width} px wide, the screen ${look.width}`);
		const violations = look.isJudged ? await axeViolations(page) : [];
		expect(violations.length === 0, violations.join("\n"));
		expect(noise.length === 0, noise.join("\n"));
	} finally {
		await context.close();
	}
}

// Everything is there without JavaScript, and the page's own security policy stops nothing of it.
async function readWithoutScript(browser, url, domains, wanted) {
	const { context, page, noise } = await open(browser, url, looks[0], false);
	try {
		for (const domain of domains) {
			expect(await page.getByRole("heading", { name: domain, exact: true, level: 1 }).isVisible(), `no heading for ${domain}`);
		}
		const answers = await page.locator(".verdict .answer").allInnerTexts();
		expect(answers.length === wanted.count * domains.length, `${answers.length} answers`);
		expect(answers.every((text) => wanted.words.test(text)), answers.join());
		const box = await page.locator(".verdict").nth(1).boundingBox();
		expect(domains.length > 1 || box.y + box.height < looks[0].height, "the answers are not on the first screen");
		expect(await page.locator("body *:not(script)").count() > 30 && await page.locator("script").count() === 0, "scripts");
		expect(await page.title() !== "owned", "hostile text ran");
		const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor).catch(() => null);
		expect(background === null || background !== "rgba(0, 0, 0, 0)", "no style");
		expect(noise.length === 0, noise.join("\n"));
	} finally {
		await context.close();
	}
}

async function readEstate(browser, url) {
	const { context, page, noise } = await open(browser, url, looks[0], false);
	try {
		expect(await page.getByRole("heading", { name: /^Email security of \d+ domains$/, level: 1 }).isVisible(), "no heading");
		expect(/Criminals can send convincing mail as \d+ of \d+ domains/.test(await page.locator("main p").nth(1).innerText()), "no answer");
		for (const group of ["Councils", "Health"]) {
			expect(await page.getByRole("rowheader", { name: group, exact: true }).isVisible(), `no group ${group}`);
		}
		expect(await page.locator("figure.chart").count() === 3, "policies, controls, and days");
		expect(await page.getByText("expired", { exact: true }).count() === 1, "one exception has expired");
		expect(await page.locator("script, img").count() === 0 && await page.title() !== "owned", "hostile text ran");
		expect(noise.length === 0, noise.join("\n"));
	} finally {
		await context.close();
	}
}

async function print(browser, name, url) {
	const { context, page, noise } = await open(browser, url, looks[1], false);
	try {
		const path = join(shots ?? folder, `${name}.pdf`);
		const pdf = await page.pdf({ path, format: "A4", margin: { top: "15mm", bottom: "15mm", left: "15mm", right: "15mm" } });
		expect(pdf.length > 5000 && pdf.subarray(0, 5).toString() === "%PDF-", "no PDF");
		await page.emulateMedia({ media: "print" });
		await page.setViewportSize({ width: 680, height: 960 });
		const wide = await page.locator("body *").evaluateAll((all) =>
			all.filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible")
				.map((one) => one.className || one.tagName));
		expect(wide.length === 0, `cut off on paper: ${wide.join(", ")}`);
		expect(noise.length === 0, noise.join("\n"));
	} finally {
		await context.close();
	}
}

// The path of somebody without a mouse: the first Tab offers to skip to the report.
async function skipLink(browser, url) {
	const { context, page } = await open(browser, url, looks[0], true);
	await page.keyboard.press("Tab");
	const text = await page.evaluate(() => document.activeElement.textContent);
	const box = await page.locator(".skip").boundingBox();
	await context.close();
	expect(/skip/i.test(text) && box.x >= 0 && box.y >= 0, `the first Tab goes to "${text}"`);
}

const verdicts = { count: 2, words: /^(Yes|No|Partly|Unknown)$/ };
const steps = /^(Yes|No|Not yet|Wait|Done|Unknown|[<>]?\d+ %)$/;
const browser = await chromium.launch({
	executablePath: browserPath,
	args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
});
for (const [name, facts, options, domains] of pages) {
	let url;
	try {
		url = render(name, facts, options);
	} catch (error) {
		failed += looks.length + 2;
		console.log(`FAILED ${name}: ${error.message}`);
		continue;
	}
	for (const look of looks) {
		await check(`${name} ${look.name}`, () => lookAt(browser, name, url, look));
	}
	await check(`${name} without JavaScript`, () => readWithoutScript(browser, url, domains, verdicts));
	await check(`${name} printed`, () => print(browser, name, url));
	if (name === "several") {
		await check("skip link", () => skipLink(browser, url));
	}
}
for (const [name, kind, command] of reported) {
	let url;
	try {
		url = renderReports(name, kind, command);
	} catch (error) {
		failed += looks.length + 2;
		console.log(`FAILED ${name}: ${error.message}`);
		continue;
	}
	for (const look of looks) {
		await check(`${name} ${look.name}`, () => lookAt(browser, name, url, look));
	}
	const wanted = { count: command === "plan" ? 3 : 2, words: steps };
	await check(`${name} without JavaScript`, () => readWithoutScript(browser, url, ["northmere.example"], wanted));
	await check(`${name} printed`, () => print(browser, name, url));
}
try {
	const url = renderEstate();
	for (const look of looks) {
		await check(`report ${look.name}`, () => lookAt(browser, "report", url, look));
	}
	await check("report without JavaScript", () => readEstate(browser, url));
	await check("report printed", () => print(browser, "report", url));
} catch (error) {
	failed += looks.length + 2;
	console.log(`FAILED report: ${error.message}`);
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
