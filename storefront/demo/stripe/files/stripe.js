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
    frame.src = `${origin}/v3/field?locale=${encodeURIComponent(locale)}`;
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

  /* 3-D Secure: the buyer's bank in a frame over the page. Gives how it ended. */
  function challenge(clientSecret, key, locale) {
    return new Promise((resolve) => {
      const over = document.createElement("div");
      const frame = document.createElement("iframe");
      Object.assign(over.style, { position: "fixed", inset: "0", zIndex: "1000", display: "grid", placeItems: "center", padding: "1rem", background: "rgb(0 0 0 / 55%)" });
      Object.assign(frame.style, { border: "0", borderRadius: "0.5rem", inlineSize: "min(26rem, 100%)", blockSize: "min(26rem, 100%)", background: "Canvas" });
      frame.title = "3-D Secure";
      frame.src = `${origin}/v3/challenge?${new URLSearchParams({ client_secret: clientSecret, key, locale })}`;
      const listen = (event) => {
        if (event.origin !== origin || event.source !== frame.contentWindow || !event.data.challenge) return;
        removeEventListener("message", listen);
        over.remove();
        resolve(event.data.challenge);
      };
      addEventListener("message", listen);
      over.append(frame);
      over.setAttribute("role", "dialog");
      document.body.append(over);
      frame.focus();
    });
  }

  window.Stripe = (key, options = {}) => {
    const locale = options.locale || document.documentElement.lang || "en";

    async function confirmed(frame, clientSecret) {
      const answer = await ask(frame, { action: "confirm", clientSecret, key });
      if (answer.error || answer.status !== "requires_action") return answer;
      const end = await challenge(clientSecret, key, locale);
      return ask(frame, { action: end === "abandon" ? "unanswered" : "retrieve", clientSecret, key });
    }

    return {
      elements(settings) {
        if (settings.mode !== "payment" || !Number.isInteger(settings.amount) || !settings.currency) {
          throw new Error("elements() needs mode, amount and currency");
        }
        if (settings.paymentMethodTypes) throw new Error("paymentMethodTypes is no longer supported");
        const elements = {
          create: (kind) => {
            if (kind !== "payment") throw new Error(`No element called ${kind}`);
            return paymentElement(elements, locale);
          },
          async submit() {
            elements.submitted = true;
            const answer = await ask(elements.frame, { action: "check" });
            return answer.error ? { error: answer.error } : { selectedPaymentMethod: "card" };
          },
        };
        return elements;
      },
      async confirmPayment({ elements, clientSecret, confirmParams, redirect = "always" }) {
        if (!elements.submitted) throw new Error("elements.submit() must be called before confirmPayment()");
        if (!confirmParams?.return_url && redirect !== "if_required") throw new Error("confirmPayment() needs a return_url");
        const answer = await confirmed(elements.frame, clientSecret);
        if (answer.error) return { error: answer.error };
        if (redirect === "if_required") return { paymentIntent: { id: answer.intent, status: answer.status, client_secret: clientSecret } };
        const back = new URL(confirmParams.return_url);
        back.searchParams.set("payment_intent", answer.intent);
        back.searchParams.set("payment_intent_client_secret", clientSecret);
        back.searchParams.set("redirect_status", answer.status);
        location.assign(back.href);
        return new Promise(() => {}); // the browser is leaving the page
      },
    };
  };
})();
