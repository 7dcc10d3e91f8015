// Signing in for «try it». The token lives in this tab only (sessionStorage) and is sent to this origin only.
const KEY = "steppe.session";

export function token() {
  const kept = read();
  return kept && kept.until > Date.now() ? kept.token : null;
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

export function session(button, dialog) {
  const form = dialog.querySelector("form");
  const failure = form.querySelector(".failure");
  const inside = dialog.querySelector("#signed-in");

  const show = () => {
    const signed = token() ? read().name : null;
    button.textContent = signed ? signed : button.dataset.in;
    button.title = signed ? `${button.dataset.as}: ${signed}` : "";
    form.hidden = Boolean(signed);
    inside.hidden = !signed;
    dialog.querySelector("#who").textContent = signed ?? "";
    document.dispatchEvent(new Event("steppe:session"));
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failure.hidden = true;
    const fields = new FormData(form);
    const body = new URLSearchParams({ grant_type: "password" });
    for (const [name, value] of fields) if (value) body.set(name, value);
    const answer = await fetch("/v1/auth/token", {
      method: "POST", body, headers: { "Accept-Language": document.body.dataset.language },
    }).catch((error) => ({ ok: false, json: async () => ({ title: String(error) }) }));
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      failure.textContent = said.detail ?? said.title ?? "";
      failure.hidden = false;
      return;
    }
    const kept = { name: fields.get("username"), token: said.access_token, until: Date.now() + said.expires_in * 1000 };
    sessionStorage.setItem(KEY, JSON.stringify(kept));
    form.reset();
    dialog.close();
    show();
  });

  dialog.querySelector("#sign-out").addEventListener("click", () => {
    sessionStorage.removeItem(KEY);
    dialog.close();
    show();
  });
  for (const each of dialog.querySelectorAll("[data-close]")) each.addEventListener("click", () => dialog.close());
  button.addEventListener("click", () => { show(); dialog.showModal(); });
  button.hidden = false;
  show();
}
