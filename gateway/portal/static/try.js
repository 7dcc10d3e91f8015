// «Try it»: builds one request of the form, shows it as curl, sends it to this origin, shows the answer.
import { token } from "./session.js";
import { fillPlaces, listPurposes, makeNew, take } from "./samples.js";

const text = (selector, value) => { document.querySelector(selector).textContent = value; };

function request(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = { "Accept-Language": document.body.dataset.language };
  for (const input of form.querySelectorAll("[data-name]")) {
    const { name, place } = input.dataset;
    const value = input.value.trim();
    if (place === "path") path = path.replace(`{${name}}`, value ? encodeURIComponent(value) : `{${name}}`);
    else if (value && place === "query") query.append(name, value);
    else if (value && place === "header") headers[name] = value;
  }
  const body = document.getElementById("in-body");
  if (body) headers["Content-Type"] = body.dataset.mediaType;
  const asked = query.size ? `${path}?${query}` : path;
  return { method: form.dataset.method, path: asked, headers, body: body?.value };
}

const given = (form, name) => form.querySelector(`[data-name="${name}"]`)?.value;

const quoted = (value) => `'${value.replaceAll("'", `'\\''`)}'`;

export function curl({ method, path, headers, body }, signed) {
  const parts = [`curl -i ${method === "GET" ? "" : `-X ${method} `}${quoted(location.origin + path)}`];
  if (signed) parts.push(`-H "Authorization: Bearer $TOKEN"`);
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) parts.push(`-d ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

async function send(form) {
  const { method, path, headers, body } = request(form);
  const held = token();
  if (held) headers.Authorization = `Bearer ${held}`;
  const started = performance.now();
  const answer = await fetch(path, { method, headers, body, cache: "no-store" });
  const said = await answer.text();
  return { answer, said, milliseconds: Math.round(performance.now() - started) };
}

function pretty(said, type) {
  if (!/json/.test(type ?? "")) return said;
  try {
    return JSON.stringify(JSON.parse(said), null, 2);
  } catch {
    return said;
  }
}

function show(form, { answer, said, milliseconds }) {
  text("#result-status", `${answer.status} ${answer.statusText}`);
  document.querySelector("#result-status").className = answer.ok ? "good" : "bad";
  text("#result-time", `${milliseconds} ms`);
  text("#result-headers", [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n"));
  text("#result-body", pretty(said, answer.headers.get("content-type")) || form.dataset.noBody);
}

export function prepare(form, asCurl) {
  const key = form.querySelector("[data-name='Idempotency-Key']");
  const renew = () => { if (key) key.value = crypto.randomUUID ? crypto.randomUUID() : `try-${Date.now()}`; };
  const refresh = () => text("#curl", asCurl(request(form), form.dataset.signedIn === "true"));
  const result = document.getElementById("result");

  renew();
  form.addEventListener("input", refresh);
  document.addEventListener("steppe:session", refresh);
  form.querySelector("[data-new-key]")?.addEventListener("click", () => { renew(); refresh(); });
  for (const button of form.querySelectorAll("[data-take]")) {
    button.addEventListener("click", async () => {
      const list = button.dataset.take.replace(/\{(\w+)\}/g, (place, name) => given(form, name) || place);
      const value = await take(list, button.dataset.at).catch(() => null);
      const input = button.parentElement.querySelector("input");
      if (value === null) button.textContent = form.dataset.takeNone;
      else input.value = value;
      refresh();
    });
  }
  const body = document.getElementById("in-body");
  if (body) makeNew(body);
  const fill = form.querySelector("[data-places]");
  fill?.addEventListener("click", async () => {
    if (!(await fillPlaces(body, JSON.parse(fill.dataset.places)))) fill.textContent = form.dataset.takeNone;
    refresh();
  });
  form.querySelectorAll("[data-purposes]").forEach(listPurposes);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    const label = button.textContent;
    button.disabled = true;
    button.textContent = form.dataset.sending;
    result.hidden = false;
    try {
      show(form, await send(form));
    } catch (error) {
      text("#result-status", form.dataset.failed + error.message);
      text("#result-body", "");
    }
    button.disabled = false;
    button.textContent = label;
    result.scrollIntoView({ block: "nearest" });
  });
  refresh();
}
