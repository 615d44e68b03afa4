/* The card page: draws the provider's field, asks for the payment only when it is needed, and confirms it. */
(() => {
  const form = document.querySelector("[data-pay]");
  const button = form.querySelector("button[type=submit]");
  const error = form.querySelector("[data-error]");
  const say = (text) => { error.textContent = text; error.hidden = !text; };

  if (!window.Stripe) return say(form.dataset.blocked);
  const stripe = window.Stripe(form.dataset.key, { locale: form.dataset.locale });
  const elements = stripe.elements(JSON.parse(document.getElementById("pay-options").textContent));
  const field = elements.create("payment");
  field.on("ready", () => { button.disabled = false; });
  field.mount(form.querySelector("[data-field]"));

  async function start() {
    const answer = await fetch(form.dataset.start, { method: "POST", body: new FormData(form) });
    return answer.json();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    say("");
    try {
      const checked = await elements.submit();
      if (checked.error) return say(checked.error.message);
      const payment = await start();
      if (payment.go) return location.assign(payment.go);
      if (payment.error) return say(payment.error);
      const result = await stripe.confirmPayment({
        elements,
        clientSecret: payment.client_secret,
        confirmParams: { return_url: new URL(payment.return_path, location.href).href },
      });
      if (result.error) say(result.error.message);
    } catch {
      say(form.dataset.lost);
    } finally {
      button.disabled = false;
    }
  });
})();
