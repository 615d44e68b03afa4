/* Keeps on the phone what a driver writes at a door until the shop has it. Without it, the forms post as they are. */
const box = document.querySelector("[data-queue]");
const { me, worker, who } = box.dataset;
const forms = [...document.querySelectorAll("form[data-report]")];
const json = { headers: { Accept: "application/json" } };
const never = [404, 422]; // asking again would end the same way

const run = (mode, act) => new Promise((done, fail) => {
  const asked = indexedDB.open("rounds", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("reports", { keyPath: "key" });
  asked.onerror = fail;
  asked.onsuccess = () => {
    const step = asked.result.transaction("reports", mode);
    const answer = act(step.objectStore("reports"));
    step.oncomplete = () => { asked.result.close(); done(answer.result); };
    step.onabort = fail;
  };
});
const all = async () => (await run("readonly", (kept) => kept.getAll())).sort((a, b) => a.at - b.at);
const keep = (row) => run("readwrite", (kept) => kept.put(row));
const drop = (key) => run("readwrite", (kept) => kept.delete(key));

async function show() {
  const rows = await all();
  box.hidden = !rows.length;
  box.querySelector("[data-list]").replaceChildren(...rows.map((row) => {
    const item = box.querySelector("template").content.cloneNode(true);
    const button = item.querySelector("[data-drop]");
    item.querySelector("[data-label]").textContent = row.label;
    item.querySelector("[data-said]").textContent = row.said;
    button.hidden = !row.said;
    button.onclick = () => drop(row.key).then(show);
    return item;
  }));
  const ended = (form) => rows.some((row) => row.url === form.action && row.ends && !row.said);
  for (const form of forms) form.closest("[data-forms]").hidden = ended(form);
}

async function shrink(photo) {
  try {
    const image = await createImageBitmap(photo);
    const scale = Math.min(1, 1280 / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * scale, image.height * scale];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.7)) || photo;
  } catch { return photo; }
}

let busy = false;
async function send() {
  if (busy || !who) return;
  busy = true;
  let here = false;
  try {
    const rows = (await all()).filter((row) => row.who === who && !row.said);
    const { csrf, text } = rows.length ? await (await fetch(me, json)).json() : {};
    if (text) box.querySelector("[data-hint]").textContent = text;
    for (const row of csrf ? rows : []) {
      const data = new FormData();
      for (const field of row.fields) data.append(...field);
      data.set("ago", Math.max(0, Math.round((Date.now() - row.at) / 1000)));
      data.set("csrfmiddlewaretoken", csrf);
      const answer = await fetch(row.url, { ...json, method: "POST", body: data });
      if (answer.ok) {
        await drop(row.key);
        here ||= forms.some((form) => form.action === row.url);
      } else if (never.includes(answer.status)) await keep({ ...row, said: (await answer.json()).text });
      else if (answer.status !== 409) break;
    }
  } catch { /* no network: it waits */ }
  busy = false;
  if (here) location.reload();
  else await show();
}

for (const form of forms) {
  const { received_by: name, photo } = form.elements;
  const check = () => name?.setCustomValidity(name.value.trim() || photo.files.length ? "" : form.dataset.needed);
  form.addEventListener("input", check);
  check();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.submitter.disabled = true;
    const data = new FormData(form), sent = data.get("photo"), ends = data.get("outcome") !== "absent";
    try {
      const key = crypto.randomUUID(); // a page kept for long may write twice
      data.set("key", key);
      data.delete("csrfmiddlewaretoken");
      if (sent?.size) data.set("photo", await shrink(sent), "door.jpg");
      else data.delete("photo");
      await keep({ key, who, ends, url: form.action, label: form.dataset.label, at: Date.now(), said: "", fields: [...data] });
    } catch {
      form.submit(); // a browser that keeps nothing
      return;
    }
    await show();
    scrollTo(0, 0);
    await send();
    event.submitter.disabled = false;
  });
}

box.querySelector("[data-send]")?.addEventListener("click", send);
addEventListener("online", send);
document.addEventListener("visibilitychange", () => document.hidden || send());
setInterval(send, 30000);
show().then(send, () => {});

if (document.querySelector("[data-sign-in]")) globalThis.caches?.delete("rounds-1"); // whose doors they were is gone with the PIN
else if (navigator.serviceWorker) {
  const controlled = navigator.serviceWorker.controller;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const pages = [...document.querySelectorAll("[data-keep]")].map((link) => link.href);
  navigator.serviceWorker.register(worker);
  navigator.serviceWorker.ready.then(({ active }) => active.postMessage([...(controlled ? [] : [location.href, ...loaded]), ...pages]));
}
