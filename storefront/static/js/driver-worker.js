/* Opens a driver's page again without network, as it was last seen, for twelve hours. It answers for /d/ alone. */
const KEPT = "rounds-1", LONGEST = 12 * 3600 * 1000, PATIENCE = 4000;
const AT = "x-kept-at";

/* A label and the list of the round lead to one parcel by two addresses: what comes before the dot names it. */
const keyOf = ({ pathname, href }) => (pathname.startsWith("/d/") ? pathname.split(".")[0] : href);
const ours = ({ origin, pathname }) => origin === location.origin && !/^\/d\/(me|worker|sign)/.test(pathname);

async function kept(key) {
  const cache = await caches.open(KEPT);
  const found = await cache.match(key, { ignoreVary: true });
  if (!found || Date.now() - found.headers.get(AT) < LONGEST) return found;
  await cache.delete(key);
}

async function ask(request, key) {
  const answer = await fetch(request);
  const cache = await caches.open(KEPT);
  if (answer.status === 200) {
    const headers = new Headers(answer.headers);
    headers.set(AT, Date.now());
    await cache.put(key, new Response(await answer.clone().blob(), { headers }));
  } else if (answer.status >= 400 && answer.status < 500) await cache.delete(key);
  return answer;
}

async function serve(request, key) {
  const old = await kept(key);
  const fresh = ask(request, key);
  if (!old) return fresh;
  const late = new Promise((done) => setTimeout(done, PATIENCE, old));
  return Promise.race([fresh, late]).catch(() => old);
}

async function keep(addresses) {
  for (const address of addresses) {
    const url = new URL(address);
    if (ours(url) && !(await kept(keyOf(url)))) await ask(address, keyOf(url)).catch(() => {});
  }
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", (event) => event.waitUntil(keep(event.data)));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && ours(url)) event.respondWith(serve(event.request, keyOf(url)));
});
