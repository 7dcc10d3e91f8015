// Real values for examples: taken from the API's own lists, or made where something new is registered.
import { token } from "./session.js";

export async function take(list, at, each, join = ", ") {
  const held = token();
  const headers = held ? { Authorization: `Bearer ${held}` } : {};
  const purpose = document.querySelector("[data-purposes]")?.value;
  if (purpose) headers["Steppe-Purpose"] = purpose;
  const answer = await fetch(list, { headers, cache: "no-store" });
  if (!answer.ok) {
    await answer.text(); // read to its end: it would hang until the page is left
    return null;
  }
  const value = pick(await answer.json(), at.split("/").slice(1));
  if (each && Array.isArray(value)) return value.map((element) => written(each, element)).join(join);
  return value === undefined || value === null ? null : String(value);
}

const written = (each, element) => each.replace(/\{(\w+)\}/g, (_, name) => element[name]);

// A JSON Pointer with two more kinds of step: `*` any element that leads on, `kind=use` an element that says so.
function pick(value, [part, ...rest]) {
  if (part === undefined || value === null || value === undefined) return value;
  if (!Array.isArray(value)) return pick(value[part], rest);
  const [name, wanted] = part.split("=");
  const fitting = wanted ? value.filter((each) => each[name] === wanted) : part === "*" ? value : [value[part]];
  return fitting.map((each) => pick(each, rest)).find((found) => found !== null && found !== undefined);
}

// GB 32100-2015 and GB 11714-1997: the check characters of a made-up 统一社会信用代码.
function newUscc() {
  const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const serial = String(Math.floor(Math.random() * 1e8)).padStart(8, "0");
  const weights = [3, 7, 9, 10, 5, 8, 4, 2];
  const eleven = 11 - ([...serial].reduce((sum, digit, place) => sum + digit * weights[place], 0) % 11);
  const organisation = serial + (eleven === 10 ? "X" : eleven === 11 ? "0" : String(eleven));
  const first = `91152501${organisation}`;
  let power = 1;
  let sum = 0;
  for (const character of first) {
    sum += alphabet.indexOf(character) * power;
    power = (power * 3) % 31;
  }
  return first + alphabet[(31 - (sum % 31)) % 31];
}

// A day of the city, so many days from today.
const day = (days) => new Date(Date.now() + (8 + 24 * days) * 3600e3).toISOString().slice(0, 10);

const MADE = {
  "new.uscc": newUscc,
  "new.code": () => `EX-${Date.now().toString(36).toUpperCase()}`,
  "new.login": () => `ex-${Date.now().toString(36)}`,
  "new.digits": () => String(Math.floor(Math.random() * 1e4)).padStart(4, "0"),
  today: () => day(0),
  month_ago: () => day(-30),
  month_hence: () => day(30),
  next_year: () => String(Number(day(0).slice(0, 4)) + 1),
  now: () => new Date().toISOString(),
};

const PLACE = /\{\{([a-z_.]+)\}\}/g;

// A body's `{{…}}` places for something new: made at once.
export function makeNew(body) {
  body.value = body.value.replace(PLACE, (place, name) => (MADE[name] ? MADE[name]() : place));
}

// Those for records: taken from their lists. False where a list gives nothing.
export async function fillPlaces(body, places) {
  const found = {};
  const fill = (text) => text.replace(PLACE, (place, name) => found[name] ?? place);
  for (const [name, [list, at, each, join]] of Object.entries(places)) {
    found[name] = await take(fill(list), at, each, join).catch(() => null);
  }
  body.value = fill(body.value);
  return !body.value.match(PLACE);
}

// The purposes that bureau staff may read for, as the installation has them.
export async function listPurposes(select) {
  const answer = await fetch("/v1/purposes").catch(() => null);
  if (!answer?.ok) return;
  const said = await answer.json();
  const english = document.body.dataset.language === "en";
  for (const { code, zh, en } of said.items ?? said) select.add(new Option(`${code} ${english ? en : zh}`, code));
}
