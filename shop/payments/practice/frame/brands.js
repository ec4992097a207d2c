// Which brands a number may belong to while it is typed.
const brand = (type, niceType, patterns, lengths, gaps = [4, 8, 12], size = 3, name = "CVV") =>
  ({ type, niceType, patterns, lengths, gaps, code: { name, size } });

const BRANDS = [
  brand("visa", "Visa", [["4", "4"]], [16, 18, 19]),
  brand("master-card", "Mastercard", [["51", "55"], ["2221", "2720"]], [16]),
  brand("american-express", "American Express", [["34", "34"], ["37", "37"]], [15], [4, 10], 4, "CID"),
  brand("discover", "Discover", [["6011", "6011"], ["644", "649"], ["65", "65"]], [16, 19]),
  brand("diners-club", "Diners Club", [["300", "305"], ["36", "36"], ["38", "39"]], [14, 16, 19], [4, 10]),
  brand("jcb", "JCB", [["2131", "2131"], ["1800", "1800"], ["3528", "3589"]], [16, 17, 18, 19]),
  brand("unionpay", "UnionPay", [["62", "62"], ["81", "81"]], [14, 15, 16, 17, 18, 19]),
  brand("maestro", "Maestro", [["500000", "504174"], ["56", "59"], ["63", "63"], ["67", "67"]], [12, 13, 14, 15, 16, 17, 18, 19]),
  brand("elo", "Elo", [["506699", "506778"], ["509000", "509999"]], [16]),
  brand("mir", "Mir", [["2200", "2204"]], [16, 17, 18, 19]),
  brand("hiper", "Hiper", [["637095", "637095"]], [16]),
  brand("hipercard", "Hipercard", [["606282", "606282"]], [16]),
];

// The names in which a shop allows or refuses brands differ in two from the types.
const OPTION = { "master-card": "mastercard", unionpay: "union-pay" };
const CONFIGURED = {
  visa: "Visa", "master-card": "MasterCard", "american-express": "American Express", discover: "Discover",
  "diners-club": "Discover", jcb: "JCB", unionpay: "UnionPay", maestro: "Maestro", elo: "Elo", hiper: "Hiper",
  hipercard: "Hipercard",
};

const matches = (digits, [from, to]) => {
  const size = Math.min(digits.length, from.length);
  const start = digits.slice(0, size);
  return start >= from.slice(0, size) && start <= to.slice(0, size);
};

// `limits` are the shop's (brand -> true or false), `configured` what the account takes.
export const brandsOf = (digits, limits, configured) => BRANDS
  .filter((one) => one.patterns.some((pattern) => matches(digits, pattern)))
  .map((one) => {
    const asked = limits[OPTION[one.type] || one.type];
    return { ...one, supported: asked === undefined ? configured.includes(CONFIGURED[one.type]) : asked };
  });

// What the page is told of a brand.
export const told = ({ type, niceType, lengths, gaps, code, supported }) => ({ type, niceType, lengths, gaps, code, supported });

export const passesLuhn = (digits) => [...digits].reverse()
  .reduce((sum, digit, place) => sum + (place % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit] : Number(digit)), 0) % 10 === 0;
