// One kind of field each: how its text is shaped while typed, and whether it is right.
import { passesLuhn } from "./brands.js";
import { NUMBERS } from "./test-numbers.js";

const digitsOf = (text) => text.replace(/\D/g, "");

const grouped = (digits, gaps) => [...digits].map((digit, place) => (gaps.includes(place) ? ` ${digit}` : digit)).join("");

const number = {
  name: "credit-card-number", label: "Card number", autocomplete: "cc-number", inputMode: "numeric",
  shape: (text, { brands }) => {
    const longest = Math.max(16, ...brands.map((one) => Math.max(...one.lengths)));
    return grouped(digitsOf(text).slice(0, longest), brands.length ? brands[0].gaps : [4, 8, 12]);
  },
  value: digitsOf,
  // Practice: whatever is not a published test card is wrong here already, and goes nowhere.
  check: (digits, { brands }) => {
    const taken = brands.filter((one) => one.supported);
    const isValid = taken.some((one) => one.lengths.includes(digits.length)) && passesLuhn(digits) && NUMBERS.has(digits);
    const mayGrow = taken.length > 0 && [...NUMBERS].some((known) => known.startsWith(digits) && known !== digits);
    return { isValid, isPotentiallyValid: isValid || !digits || mayGrow };
  },
};

const yearOf = (text) => (text.length === 2 ? 2000 + Number(text) : Number(text));

const expirationDate = {
  name: "expiration", label: "Expiry date, month and year", autocomplete: "cc-exp", inputMode: "numeric",
  shape: (text, { isErasing }) => {
    const typed = text.replace(/^(\d)\s*\//, "0$1").replace(/^([2-9])/, "0$1");
    const digits = digitsOf(typed).slice(0, 6);
    if (digits.length < 2 || (digits.length === 2 && isErasing)) return digits;
    return `${digits.slice(0, 2)} / ${digits.slice(2)}`;
  },
  value: digitsOf,
  check: (digits) => {
    const month = Number(digits.slice(0, 2));
    const now = new Date();
    const ahead = (yearOf(digits.slice(2)) - now.getFullYear()) * 12 + month - (now.getMonth() + 1);
    const isWhole = digits.length === 4 || digits.length === 6;
    const isValid = isWhole && month >= 1 && month <= 12 && ahead >= 0 && ahead <= 19 * 12;
    const mayGrow = digits.length < 6 && (digits.length < 2 || (month >= 1 && month <= 12)) && (digits.length !== 4 || digits.slice(2) === "20");
    return { isValid, isPotentiallyValid: isValid || mayGrow };
  },
};

const cvv = {
  name: "cvv", label: "Security code", autocomplete: "cc-csc", inputMode: "numeric",
  shape: (text, { codeSize }) => digitsOf(text).slice(0, codeSize || 4),
  value: digitsOf,
  check: (digits, { codeSize }) => {
    const isValid = codeSize ? digits.length === codeSize : digits.length === 3 || digits.length === 4;
    return { isValid, isPotentiallyValid: isValid || digits.length < (codeSize || 4) };
  },
};

const text = (name, label, autocomplete, least) => ({
  name, label, autocomplete, inputMode: "text",
  shape: (typed) => typed.slice(0, 255),
  value: (typed) => typed.trim(),
  check: (typed) => ({ isValid: typed.length >= least, isPotentiallyValid: true }),
});

export const KINDS = {
  number, expirationDate, cvv,
  cardholderName: text("cardholder-name", "Name on the card", "cc-name", 1),
  postalCode: text("postal-code", "Postal code", "billing postal-code", 3),
};
