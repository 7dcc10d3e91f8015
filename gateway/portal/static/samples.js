// Real values for examples: taken from the API's own lists, or made where something new is registered.
import { token } from "./session.js";

export async function take(list, at) {
  const held = token();
  const headers = held ? { Authorization: `Bearer ${held}` } : {};
  const answer = await fetch(list, { headers, cache: "no-store" });
  if (!answer.ok) return null;
  let value = await answer.json();
  for (const part of at.split("/").slice(1)) value = value?.[part];
  return value === undefined || value === null ? null : String(value);
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

const MADE = {
  "new.uscc": newUscc,
  "new.code": () => `EX-${Date.now().toString(36).toUpperCase()}`,
  today: () => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10),
  now: () => new Date().toISOString(),
};

// A body's `{{…}}` places: made at once, or taken from their lists by a button's help.
export async function fillBody(form, body) {
  if (!body) return;
  body.value = body.value.replace(/\{\{([a-z._]+)\}\}/g, (place, name) => (MADE[name] ? MADE[name]() : place));
}
