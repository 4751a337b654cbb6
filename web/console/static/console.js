// What a page of the console does beyond plain HTML: passkeys, which browsers offer to scripts only.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

async function post(path, body, headers) {
  const token = document.querySelector('meta[name="csrf"]').content;
  const answer = await fetch(path, {
    method: "POST",
    headers: { "X-Csrf-Token": token, "Content-Type": "application/json", Accept: "application/json", ...headers },
    body: JSON.stringify(body ?? {}),
  });
  const type = answer.headers.get("Content-Type") ?? "";
  const told = type.startsWith("application/json") ? await answer.json() : { error: await answer.text() };
  if (!answer.ok) throw new Error(told.error);
  return told;
}

async function signIn() {
  const { publicKey } = await post("/passkey/begin");
  publicKey.challenge = bytes(publicKey.challenge);
  const key = await navigator.credentials.get({ publicKey });
  return post("/passkey/finish", {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    authenticatorAttachment: key.authenticatorAttachment ?? undefined,
    clientExtensionResults: key.getClientExtensionResults(),
    response: {
      authenticatorData: text(key.response.authenticatorData),
      clientDataJSON: text(key.response.clientDataJSON),
      signature: text(key.response.signature),
      userHandle: key.response.userHandle ? text(key.response.userHandle) : undefined,
    },
  });
}

async function enrol(label) {
  const { publicKey } = await post("/me/passkeys/begin");
  publicKey.challenge = bytes(publicKey.challenge);
  publicKey.user.id = bytes(publicKey.user.id);
  for (const c of publicKey.excludeCredentials ?? []) c.id = bytes(c.id);
  const key = await navigator.credentials.create({ publicKey });
  const body = {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    authenticatorAttachment: key.authenticatorAttachment ?? undefined,
    clientExtensionResults: key.getClientExtensionResults(),
    response: {
      attestationObject: text(key.response.attestationObject),
      clientDataJSON: text(key.response.clientDataJSON),
      transports: key.response.getTransports?.() ?? [],
    },
  };
  return post("/me/passkeys/finish", body, { "X-Passkey-Label": label.replace(/[^\x20-\x7e]/g, "?") });
}

// A browser's own words for a refusal say nothing to a person.
async function attempt(doIt) {
  const trouble = document.getElementById("passkey-trouble");
  trouble.hidden = true;
  try {
    location.assign((await doIt()).to);
  } catch (error) {
    const own = error instanceof DOMException;
    trouble.textContent = own ? "That did not work, or was cancelled. Try again, or ask for a sign-in link." : error.message;
    trouble.hidden = false;
  }
}

const door = document.getElementById("passkey");
const form = document.getElementById("enrol");
if (window.PublicKeyCredential && (door || form)) {
  document.getElementById("no-passkey").hidden = true;
  if (door) {
    door.hidden = false;
    door.addEventListener("click", () => attempt(signIn));
  }
  if (form) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(() => enrol(new FormData(form).get("label")));
    });
  }
}
