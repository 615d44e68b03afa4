/* Stands in for Stripe.js: the calls our card page makes, and nothing else. The card field is a frame of the
   stand-in's own origin; the page around it never sees a number. */
(() => {
  const origin = new URL(document.currentScript.src).origin;

  function ask(frame, message) {
    return new Promise((resolve) => {
      const id = crypto.randomUUID();
      const listen = (event) => {
        if (event.origin !== origin || event.source !== frame.contentWindow || event.data.id !== id) return;
        removeEventListener("message", listen);
        resolve(event.data);
      };
      addEventListener("message", listen);
      frame.contentWindow.postMessage({ ...message, id }, origin);
    });
  }

  function paymentElement(elements, locale) {
    const listeners = {};
    const frame = document.createElement("iframe");
    frame.title = "Card";
    frame.src = `${origin}/v3/field?locale=${encodeURIComponent(locale || document.documentElement.lang || "en")}`;
    Object.assign(frame.style, { border: "0", inlineSize: "100%", blockSize: "20rem" });
    elements.frame = frame;
    frame.addEventListener("load", async () => {
      const answer = await ask(frame, { action: "measure" });
      frame.style.blockSize = `${answer.height}px`;
      listeners.ready?.({ elementType: "payment" });
    });
    return {
      mount(where) {
        (typeof where === "string" ? document.querySelector(where) : where).replaceChildren(frame);
      },
      on(name, callback) { listeners[name] = callback; return this; },
      unmount() { frame.remove(); },
      destroy() { frame.remove(); },
    };
  }

  window.Stripe = (key, options = {}) => ({
    elements(settings) {
      if (settings.mode !== "payment" || !Number.isInteger(settings.amount) || !settings.currency) {
        throw new Error("elements() needs mode, amount and currency");
      }
      if (settings.paymentMethodTypes) throw new Error("paymentMethodTypes is no longer supported");
      const elements = {
        create: (kind) => {
          if (kind !== "payment") throw new Error(`No element called ${kind}`);
          return paymentElement(elements, options.locale);
        },
        async submit() {
          elements.submitted = true;
          const answer = await ask(elements.frame, { action: "check" });
          return answer.error ? { error: answer.error } : { selectedPaymentMethod: "card" };
        },
      };
      return elements;
    },
    async confirmPayment({ elements, clientSecret, confirmParams }) {
      if (!elements.submitted) throw new Error("elements.submit() must be called before confirmPayment()");
      const answer = await ask(elements.frame, { action: "confirm", clientSecret, key });
      if (answer.error) return { error: answer.error };
      const back = new URL(confirmParams.return_url);
      back.searchParams.set("payment_intent", answer.intent);
      back.searchParams.set("payment_intent_client_secret", clientSecret);
      back.searchParams.set("redirect_status", answer.status);
      location.assign(back.href);
      return new Promise(() => {}); // the browser is leaving the page
    },
  });
})();
