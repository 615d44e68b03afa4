/* The buyer's bank asking whether it is really them: accept, refuse, or walk away. */
(() => {
  window.speak();
  const asked = new URLSearchParams(location.search);
  const secret = asked.get("client_secret");
  const address = `/v1/payment_intents/${secret.split("_secret_")[0]}`;
  const access = { client_secret: secret, key: asked.get("key") };

  fetch(`${address}?${new URLSearchParams(access)}`).then((answer) => answer.json()).then((intent) => {
    const language = document.documentElement.lang === "ar" ? "ar-MA" : document.documentElement.lang;
    const money = new Intl.NumberFormat(language, { style: "currency", currency: intent.currency.toUpperCase() });
    document.querySelector("[data-amount]").textContent = money.format(intent.amount / 100);
  });

  for (const button of document.querySelectorAll("[data-outcome]")) {
    button.addEventListener("click", async () => {
      const outcome = button.dataset.outcome;
      if (outcome !== "abandon") {
        await fetch(`${address}/authenticate`, { method: "POST", body: new URLSearchParams({ ...access, outcome }) });
      }
      parent.postMessage({ challenge: outcome }, "*");
    });
  }
})();
