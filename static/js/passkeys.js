// Forms with data-passkey="get" sign in with a passkey, those with "create" add one: the shop is asked at data-begin what
// the browser needs, and told at the form's own address what the browser answered. Without passkeys they stay hidden.
const canParse = window.PublicKeyCredential && "parseRequestOptionsFromJSON" in PublicKeyCredential;

async function ask(address, form, more = {}) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  const answer = await fetch(address, { method: "POST", body });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.problem || "The shop could not be reached, or is asked too often. Try again in a minute.");
  return said;
}

async function use(form) {
  const options = await ask(form.dataset.begin, form);
  const credential = form.dataset.passkey === "create"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  const said = await ask(form.action, form, { answer: JSON.stringify(credential) });
  location.assign(said.location);
}

for (const form of canParse ? document.querySelectorAll("[data-passkey]") : []) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-problem]");
    const button = form.querySelector("[type=submit]");
    problem.hidden = true;
    button.disabled = true;
    try {
      await use(form);
    } catch (error) {
      const isOurs = error.constructor === Error;
      const words = error.name === "InvalidStateError" ? "This device has a passkey for your account already." : "No passkey was used. Nothing was changed.";
      problem.textContent = isOurs ? error.message : words;
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}
