// Takes a card on a <form data-card-entry> that includes templates/payments/_card.html: Braintree's frames collect the
// card, the one-time code they give goes into our hidden field, and the form is then sent as any other.
(() => {
  "use strict";

  const PATIENCE = 15000;
  const BRANDS = {
    visa: true, mastercard: true, discover: true, "american-express": true,
    "diners-club": false, jcb: false, "union-pay": false, maestro: false, elo: false, mir: false, hiper: false,
    hipercard: false,
  };
  const SLOW = "The card form is taking long to load. You can wait, or try again. Nothing has been charged.";
  const DOWN = "The card form could not be loaded. Please try again in a few minutes. Nothing has been charged.";
  const CHECK = "Please check the card details.";
  const AGAIN = "The card could not be checked just now. Please try again. Nothing has been charged.";
  const FIELDS = {
    number: "Please check the card number. We take Visa, Mastercard, Discover and American Express.",
    expirationDate: "Please check the expiry date.",
    cvv: "Please check the security code.",
  };

  class CardEntry {
    constructor(form, region) {
      this.form = form;
      this.region = region;
      this.nonce = region.querySelector("[data-card-nonce]");
      this.message = region.querySelector("[data-card-message]");
      this.waiting = region.querySelector("[data-card-waiting]");
      this.retry = region.querySelector("[data-card-retry]");
      this.buttons = form.querySelectorAll("[data-card-pay], button[type=submit]:not([formaction])");
      region.querySelector("[data-card-without-script]").hidden = true;
      this.retry.addEventListener("click", () => window.location.assign(region.dataset.cardPage));
      // In the capture phase, so that nothing else sends the form before it has its code.
      form.addEventListener("submit", (event) => this.submitted(event), true);
      form.addEventListener("htmx:error", () => this.busy(false));
      window.addEventListener("pageshow", (event) => event.persisted && window.location.assign(region.dataset.cardPage));
      this.create();
    }

    async create() {
      this.busy(true);
      this.waiting.hidden = false;
      const timer = setTimeout(() => this.fail(SLOW), PATIENCE);
      try {
        this.request = await this.start();
        this.say("");
        this.retry.hidden = true;
        this.region.dataset.cardReady = "true";
        this.busy(false);
      } catch {
        this.fail(DOWN);
      }
      clearTimeout(timer);
      this.waiting.hidden = true;
    }

    start() {
      const token = this.region.dataset.clientToken;
      if (!token || !window.braintree) return Promise.reject(new Error("no card entry"));
      return this.region.dataset.kind === "hosted-fields" ? this.hostedFields(token) : this.dropIn(token);
    }

    dropIn(token) {
      return window.braintree.dropin.create({
        authorization: token,
        container: this.region.querySelector("[data-card-fields]"),
        locale: document.documentElement.lang.replace("-", "_") || "en_US",
        translations: { fieldInvalidForNumber: FIELDS.number, unsupportedCardTypeError: FIELDS.number },
        card: { overrides: { fields: { number: { supportedCardBrands: BRANDS } }, styles: this.styles() } },
      }).then((dropin) => {
        dropin.on("card:inputSubmitRequest", () => this.form.requestSubmit());
        return () => dropin.requestPaymentMethod();
      });
    }

    async hostedFields(token) {
      const find = (name) => this.region.querySelector(`[data-card-field=${name}]`);
      const client = await window.braintree.client.create({ authorization: token });
      const fields = await window.braintree.hostedFields.create({
        client,
        styles: this.styles(),
        fields: {
          number: { container: find("number"), supportedCardBrands: BRANDS, iframeTitle: "Card number" },
          expirationDate: { container: find("expirationDate"), placeholder: "MM/YY", iframeTitle: "Expiry date" },
          cvv: { container: find("cvv"), iframeTitle: "Security code" },
        },
      });
      fields.on("validityChange", ({ emittedBy: name, fields: now }) => {
        if (now[name].isPotentiallyValid) this.mark(fields, name, "");
      });
      fields.on("blur", ({ emittedBy: name, fields: now }) => {
        this.mark(fields, name, now[name].isValid || now[name].isEmpty ? "" : FIELDS[name]);
      });
      fields.on("inputSubmitRequest", () => this.form.requestSubmit());
      return () => this.tokenize(fields);
    }

    tokenize(fields) {
      const state = fields.getState().fields;
      const wrong = Object.keys(FIELDS).filter((name) => !state[name].isValid);
      Object.keys(FIELDS).forEach((name) => this.mark(fields, name, wrong.includes(name) ? FIELDS[name] : ""));
      if (!wrong.length) return fields.tokenize();
      fields.focus(wrong[0]);
      return Promise.reject(new Error("invalid"));
    }

    mark(fields, name, text) {
      this.region.querySelector(`[data-card-error=${name}]`).textContent = text;
      fields.setMessage({ field: name, message: text });
      const change = { field: name, attribute: "aria-invalid" };
      if (text) fields.setAttribute({ ...change, value: true });
      else fields.removeAttribute(change);
    }

    styles() {
      const look = getComputedStyle(this.region.querySelector("[data-card-fields]"));
      const text = { color: look.color, "font-size": "16px", "font-family": look.fontFamily };
      return { input: text, ":focus": { color: look.color }, "::placeholder": { color: look.color, opacity: "0.65" } };
    }

    submitted(event) {
      const isElsewhere = event.submitter && event.submitter.hasAttribute("formaction");
      if (this.nonce.value || isElsewhere || !this.region.isConnected) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (this.request && !this.running) this.pay();
    }

    async pay() {
      this.say("");
      this.busy(true);
      try {
        const method = await this.request();
        this.nonce.value = method.nonce;
        this.form.requestSubmit();
      } catch (error) {
        const cause = (error && error._braintreeWebError) || error;
        this.say(cause && cause.type === "NETWORK" ? AGAIN : CHECK);
        this.busy(false);
      }
    }

    busy(is) {
      this.running = is;
      this.buttons.forEach((button) => { button.disabled = is; });
      this.form.toggleAttribute("aria-busy", is);
    }

    say(text) {
      this.message.textContent = text;
    }

    fail(text) {
      this.say(text);
      this.retry.hidden = false;
    }
  }

  const attach = () => document.querySelectorAll("form[data-card-entry]").forEach((form) => {
    const region = form.querySelector("[data-card-region]:not([data-card-attached])");
    if (!region) return;
    region.dataset.cardAttached = "true";
    new CardEntry(form, region);
  });

  document.addEventListener("htmx:after:swap", attach);
  attach();
})();
