// One field of a card. Every field is a frame of its own; the first one leads: it is told the configuration, and asks
// the gateway for the one-time code. Frames of one card share an origin, and so see each other but not the shop's page.
import { ask, channel, emit, on } from "./bus.js";
import { brandsOf, told } from "./brands.js";
import { KINDS } from "./fields.js";

const ALLOWED = /^(-(moz|webkit)-.*|appearance|box-shadow|color|direction|font(-.*)?|letter-spacing|line-height|margin(-.*)?|opacity|outline|padding(-.*)?|text-align|text-shadow|transition)$/;
const PREFIX = "braintree-hosted-field-";
const field = window.name.replace(PREFIX, "");
const kind = KINDS[field];
const input = document.getElementById("input");
const message = document.getElementById("message");
const shared = { options: {}, client: {} };
let last = { isEmpty: true, isValid: false, isPotentiallyValid: true, isFocused: false, brands: "" };

const family = () => Array.from({ length: window.parent.length }, (_, place) => window.parent[place])
  .map((frame) => { try { return frame.practice; } catch { return undefined; } })
  .filter((one) => one && one.channel === channel);

const of = (name) => family().find((one) => one.field === name);

const brands = () => {
  const typed = of("number") ? of("number").value() : "";
  const limits = ((shared.options.fields || {}).number || {}).supportedCardBrands || {};
  const configured = ((shared.client.gatewayConfiguration || {}).creditCards || {}).supportedCardTypes || [];
  return brandsOf(typed, limits, configured);
};

const context = (more = {}) => {
  const found = brands();
  return { brands: found, codeSize: found.length === 1 ? found[0].code.size : 0, ...more };
};

const value = () => kind.value(input.value);

const state = () => ({
  isEmpty: !value(),
  ...kind.check(value(), context()),
  isFocused: document.activeElement === input && document.hasFocus(),
});

const tell = (type) => emit("INPUT_EVENT", {
  type,
  merchantPayload: {
    cards: brands().map(told),
    emittedBy: field,
    fields: Object.fromEntries(family().map((one) => [one.field, one.state()])),
  },
});

const changed = () => {
  const now = { ...state(), brands: field === "number" ? brands().map((one) => one.type).join() : "" };
  const before = last;
  last = now;
  input.classList.toggle("valid", now.isValid);
  input.classList.toggle("invalid", !now.isPotentiallyValid);
  if (now.isEmpty !== before.isEmpty) tell(now.isEmpty ? "empty" : "notEmpty");
  if (now.brands !== before.brands) tell("cardTypeChange");
  if (now.isValid !== before.isValid || now.isPotentiallyValid !== before.isPotentiallyValid) tell("validityChange");
  // The security code's length hangs on the brand.
  if (field === "number" && now.brands !== before.brands && of("cvv")) of("cvv").changed();
};

const typed = (event) => {
  const isErasing = Boolean(event && event.inputType && event.inputType.startsWith("delete"));
  const before = kind.value(input.value.slice(0, input.selectionEnd)).length;
  const shaped = kind.shape(input.value, context({ isErasing }));
  if (shaped !== input.value) {
    const isAtEnd = input.selectionEnd === input.value.length;
    input.value = shaped;
    let place = 0;
    while (place < shaped.length && kind.value(shaped.slice(0, place)).length < before) place += 1;
    input.setSelectionRange(isAtEnd ? shaped.length : place, isAtEnd ? shaped.length : place);
  }
  changed();
};

const attribute = (name, given) => {
  if (given === undefined || given === null) input.removeAttribute(name);
  else if (name === "disabled") input.disabled = String(given) === "true";
  else input.setAttribute(name, given);
};

const style = (styles) => {
  const sheet = new CSSStyleSheet();
  Object.entries(styles || {}).forEach(([selector, rules]) => {
    const place = selector.startsWith("::") || selector.startsWith(":") ? `input${selector}` : selector;
    try {
      const rule = sheet.cssRules[sheet.insertRule(`${place} {}`)];
      Object.entries(rules).filter(([name]) => ALLOWED.test(name)).forEach(([name, given]) => rule.style.setProperty(name, given));
    } catch { /* a selector for another browser */ }
  });
  document.adoptedStyleSheets = [sheet];
};

const configure = (options, client) => {
  Object.assign(shared, { options, client });
  const own = (options.fields || {})[field] || {};
  style(options.styles);
  if (own.placeholder) input.placeholder = own.placeholder;
  if (own.type === "password") input.type = "password";
  if (own.prefill) input.value = kind.shape(String(own.prefill), context());
  changed();
};

const error = (type, code, text, details) => [{ type, code, message: text, details }, null];

const tokenize = async (reply) => {
  const members = family();
  const wrong = members.filter((one) => !one.state().isValid).map((one) => one.field);
  if (members.every((one) => one.state().isEmpty)) {
    return reply(error("CUSTOMER", "HOSTED_FIELDS_FIELDS_EMPTY", "All fields are empty. Cannot tokenize empty card fields."));
  }
  if (wrong.length) {
    return reply(error("CUSTOMER", "HOSTED_FIELDS_FIELDS_INVALID", "Some payment input fields are invalid. Cannot tokenize invalid card fields.", { invalidFieldKeys: wrong }));
  }
  try {
    return reply(await tokenized());
  } catch {
    return reply(error("NETWORK", "HOSTED_FIELDS_TOKENIZATION_NETWORK_ERROR", "A tokenization network error occurred."));
  }
};

const tokenized = async () => {
  const text = (name) => (of(name) ? of(name).value() : undefined);
  const expiry = text("expirationDate") || "";
  const creditCard = {
    number: text("number"), cvv: text("cvv"), cardholderName: text("cardholderName"),
    expirationMonth: expiry.slice(0, 2), expirationYear: expiry.slice(2),
  };
  const answer = await fetch(shared.client.gatewayConfiguration.graphQL.url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Braintree-Version": "2018-05-10",
      Authorization: `Bearer ${shared.client.authorizationFingerprint}`,
    },
    body: JSON.stringify({ operationName: "TokenizeCreditCard", query: "mutation TokenizeCreditCard", variables: { input: { creditCard } } }),
  });
  const { data, errors } = await answer.json();
  if (errors) return error("CUSTOMER", "HOSTED_FIELDS_FAILED_TOKENIZATION", "The supplied card data failed tokenization.", { originalError: errors[0].message });
  const { token: nonce, creditCard: card } = data.tokenizeCreditCard;
  const cardType = brands()[0].type === "master-card" ? "MasterCard" : brands()[0].niceType;
  const lastTwo = card.last4.slice(2);
  const details = { ...card, binData: undefined, brandCode: undefined, cardType, lastFour: card.last4, lastTwo };
  return [null, { nonce, details, description: `ending in ${lastTwo}`, type: "CreditCard", binData: card.binData }];
};

// Firefox and phones: the page has unseen fields around each frame, so Tab must ask the page where to go next.
const intercepts = /Firefox|FxiOS|Android|iPhone|iPad/.test(navigator.userAgent) ? new Set(["before", "after"]) : new Set();
on("REMOVE_FOCUS_INTERCEPTS", ({ id }) => {
  ["before", "after"].filter((side) => !id || id === `bt-${field}-${side}-${channel}`).forEach((side) => intercepts.delete(side));
});
input.addEventListener("keydown", (event) => {
  const direction = event.shiftKey ? "before" : "after";
  if (event.key === "Enter") tell("inputSubmitRequest");
  if (event.key !== "Tab" || !intercepts.has(direction)) return;
  event.preventDefault();
  emit("TRIGGER_FOCUS_CHANGE", { field, direction });
});

const mine = (listener) => (data) => data.field === field && listener(data);
on("TRIGGER_INPUT_FOCUS", mine(() => input.focus()));
on("CLEAR_FIELD", mine(() => { input.value = ""; changed(); }));
on("SET_ATTRIBUTE", mine((data) => attribute(data.attribute, data.value)));
on("REMOVE_ATTRIBUTE", mine((data) => attribute(data.attribute)));
on("ADD_CLASS", mine((data) => input.classList.add(data.classname)));
on("REMOVE_CLASS", mine((data) => input.classList.remove(data.classname)));
on("SET_MESSAGE", mine((data) => { message.textContent = data.message || ""; }));

const start = async () => {
  document.title = kind.label;
  document.getElementById("label").textContent = kind.label;
  document.getElementById("label").htmlFor = kind.name;
  Object.assign(input, { id: kind.name, name: kind.name, autocomplete: kind.autocomplete, inputMode: kind.inputMode });
  input.classList.add(field);
  input.addEventListener("input", typed);
  input.addEventListener("focus", () => tell("focus"));
  input.addEventListener("blur", () => tell("blur"));
  window.practice = { channel, field, value, state, changed, configure };
  // Only the leader is answered.
  const options = await ask("FRAME_READY", { field });
  on("TOKENIZATION_REQUEST", (_data, reply) => tokenize(reply));
  const client = await ask("READY_FOR_CLIENT");
  family().forEach((one) => one.configure(options, client));
};

start();
