// What every page does: search lists, copy code, sign in. No framework, nothing from elsewhere.
import { curl, prepare } from "./try.js";
import { session } from "./session.js";

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function search(input) {
  const list = document.getElementById(input.dataset.filters);
  const nothing = one(`[data-nothing-in="${list.id}"]`);
  const entries = all("[data-find]", list).map((node) => [node, node.dataset.find.toLowerCase()]);
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const [node, text] of entries) {
      node.hidden = !words.every((word) => text.includes(word));
      found += node.hidden ? 0 : 1;
    }
    for (const group of all("[data-group], [data-group] > ul", list)) {
      group.hidden = !one("[data-find]:not([hidden])", group);
    }
    nothing.hidden = found > 0;
  };
  input.addEventListener("input", apply);
  if (input.value) apply();
}

function copyButtons() {
  const texts = document.body.dataset.language === "en" ? ["Copy", "Copied"] : ["复制", "已复制"];
  if (!navigator.clipboard) return;
  for (const figure of all("figure.code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet copy";
    button.textContent = texts[0];
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(one("code", figure).textContent);
      button.textContent = texts[1];
      setTimeout(() => { button.textContent = texts[0]; }, 1500);
    });
    figure.append(button);
  }
}

// A link to an entry that is folded opens it.
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") target.open = true;
}

// The status page renews itself while somebody looks at it.
function renew(live) {
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(live.dataset.refresh).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    live.replaceChildren(...page.getElementById("live").childNodes);
    document.title = page.title;
  }, 15_000);
}

all("[data-refresh]").forEach(renew);
all("input[data-filters]").forEach(search);
copyButtons();
openTarget();
addEventListener("hashchange", openTarget);
session(document.getElementById("session"), document.getElementById("sign-in"));
const form = document.getElementById("try");
if (form) prepare(form, curl);
