// The messages between Braintree's script in the page and its frames: framebus, on the channel that the address names.
const PREFIX = "/*framebus*/";
const CHANNEL = window.location.hash.slice(1, window.location.hash.length).split("?")[0];
const listeners = new Map();
const waiting = new Map();
let partner = "*";

const post = (event, eventData, reply) =>
  window.parent.postMessage(PREFIX + JSON.stringify({ event, origin: partner, reply, eventData }), partner);

const named = (name) => `${CHANNEL}:hosted-fields:${name}`;

// The first answer tells the page's origin; from then on nothing goes to, or is taken from, any other.
window.addEventListener("message", ({ data, source, origin }) => {
  if (source !== window.parent || typeof data !== "string" || !data.startsWith(PREFIX)) return;
  if (partner !== "*" && origin !== partner) return;
  const message = JSON.parse(data.slice(PREFIX.length));
  if (waiting.has(message.event)) {
    partner = origin;
    waiting.get(message.event)(message.eventData);
    waiting.delete(message.event);
  } else if (listeners.has(message.event)) {
    listeners.get(message.event)(message.eventData || {}, (answer) => message.reply && post(message.reply, answer));
  }
});

export const on = (name, listener) => listeners.set(named(name), listener);

export const emit = (name, data) => post(named(name), data);

export const ask = (name, data) => new Promise((resolve) => {
  const reply = crypto.randomUUID ? crypto.randomUUID() : `${CHANNEL}-${Math.random()}`;
  waiting.set(reply, resolve);
  post(named(name), data, reply);
});

export const channel = CHANNEL;
