/* The card field of the demonstration bank. It talks to the page around it only in messages, never in card numbers. */
(() => {
  const TEXTS = {
    ar: {
      bank: "بنك تجريبي: لا تُدفع أي أموال.", number: "رقم البطاقة", expiry: "تاريخ الانتهاء", cvc: "رمز الأمان",
      incomplete: "يرجى ملء رقم البطاقة وتاريخ الانتهاء ورمز الأمان.",
      card_declined: "رُفضت البطاقة. لم يُسحب أي مبلغ؛ يمكنكم تجربة بطاقة أخرى.",
      incorrect_number: "رقم البطاقة غير صحيح.", other: "لم تتم عملية الأداء. حاولوا مرة أخرى.",
    },
    fr: {
      bank: "Banque de démonstration : aucun argent ne circule.", number: "Numéro de carte", expiry: "Expiration", cvc: "Code de sécurité",
      incomplete: "Remplissez le numéro de carte, l'expiration et le code de sécurité.",
      card_declined: "La carte a été refusée. Rien n'a été prélevé ; essayez une autre carte.",
      incorrect_number: "Le numéro de carte est incorrect.", other: "Le paiement n'a pas abouti. Réessayez.",
    },
    en: {
      bank: "Demonstration bank: no money moves.", number: "Card number", expiry: "Expiry", cvc: "Security code",
      incomplete: "Fill in the card number, the expiry and the security code.",
      card_declined: "The card was declined. Nothing was taken; try another card.",
      incorrect_number: "The card number is incorrect.", other: "The payment did not go through. Try again.",
    },
  };
  const locale = (new URLSearchParams(location.search).get("locale") || "en").slice(0, 2);
  const texts = TEXTS[locale] || TEXTS.en;
  const form = document.querySelector("form");
  document.documentElement.lang = locale;
  document.documentElement.dir = locale === "ar" ? "rtl" : "ltr";
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = texts[node.dataset.text];

  const latin = (text) => text.replace(/[٠-٩]/g, (digit) => "٠١٢٣٤٥٦٧٨٩".indexOf(digit)).replace(/\D/g, "");
  const complete = () => latin(form.number.value).length >= 12 && latin(form.expiry.value).length >= 3 && latin(form.cvc.value).length >= 3;

  async function confirm({ clientSecret, key }) {
    const intent = clientSecret.split("_secret_")[0];
    const body = new URLSearchParams({
      key, client_secret: clientSecret, "card[number]": latin(form.number.value),
    });
    const answer = await fetch(`/v1/payment_intents/${intent}/confirm`, { method: "POST", body });
    const result = await answer.json();
    if (!result.error) return { intent, status: result.status };
    if (result.error.code === "payment_intent_unexpected_state") return { intent, status: "succeeded" }; // the shop asks the bank itself
    return { error: { code: result.error.code, message: texts[result.error.code] || texts.other } };
  }

  addEventListener("message", async (event) => {
    if (event.source !== parent) return;
    const { id, action } = event.data;
    let reply = {};
    if (action === "measure") reply = { height: document.body.offsetHeight + 4 };
    else if (!complete()) reply = { error: { code: "incomplete", message: texts.incomplete } };
    else if (action === "confirm") reply = await confirm(event.data).catch(() => ({ error: { code: "other", message: texts.other } }));
    parent.postMessage({ ...reply, id }, event.origin);
  });
})();
