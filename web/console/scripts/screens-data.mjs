// Invented people and calls for the screenshots. No real name, number or record.
const start = Date.now();
export const iso = (offset_s) => new Date(start + offset_s * 1000).toISOString();

export const notes = {
  en: "Fever third day, dry cough. Took paracetamol at 9 am. Eating little, drinking water. Says “कमज़ोरी बहुत है”. Sugar not checked today.",
  hi: "तीसरे दिन बुखार, सूखी खाँसी। सुबह 9 बजे पैरासिटामोल ली। खाना कम, पानी पी रहे हैं। कहते हैं “कमज़ोरी बहुत है”। आज शुगर नहीं जाँची।",
};

export function agent(state) {
  const view = { agent: "u1", name: "Asha", state, media_connected: true };
  if (state === "ringing") return { ...view, reservation_id: 7 };
  if (state === "talking") return { ...view, call_id: "call-1", since: iso(-221) };
  if (state === "wrap_up") return { ...view, call_id: "call-1", until: iso(28) };
  if (state === "available") return { ...view, since: iso(-66) };
  return view;
}

export function call(part = {}) {
  return {
    id: "call-1",
    interaction_id: "i1",
    state: "talking",
    medium: "call",
    number: "+919000004471",
    number_masked: "+••••••••4471",
    dialled: "104",
    queue: "health",
    class: "clinical",
    language: "hi",
    arrived_at: iso(-340),
    waited_ms: 112_000,
    talking_since: iso(-221),
    ...part,
  };
}

const people = [
  ["p1", "Sunita Devi", "सुनीता देवी", "female", 1988, "Holder of the number", 0],
  ["p2", "Ramesh Kumar", "रमेश कुमार", "male", 1965, "Father-in-law", 1],
  ["p3", "Kamla Devi", "कमला देवी", "female", 1942, "Mother-in-law", 0],
  ["p4", "Aarav", "आरव", "male", 2020, "Son", 0],
];

const pick_list = people.map(
  ([contact_id, name, name_hi, sex, birth_year, relation, open_cases]) => ({
    contact_id,
    name,
    name_hi,
    sex,
    birth_year,
    relation,
    open_cases,
  }),
);

const previous = [
  { at: iso(-86_000), medium: "call", summary: "Fever, cough. Self-care advice read aloud" },
  { at: iso(-260_000), medium: "web_call", summary: "“बुखार अभी भी है, कमज़ोरी बहुत है”" },
  { at: iso(-900_000), medium: "call", outcome: "abandoned_in_queue" },
  { at: iso(-2_000_000), medium: "call", summary: "Asked for the free medicine list" },
];

export function ringing() {
  return {
    reservation_id: 7,
    call: call({ state: "waiting" }),
    expires_at: iso(19),
    ring_ms: 20_000,
    explanation: {
      sentence_en:
        "Hindi is required; of four Hindi operators free on Health, you have been idle longest (6 min 12 s).",
      sentence_hi:
        "हिंदी ज़रूरी है; स्वास्थ्य क़तार के चार ख़ाली हिंदी ऑपरेटरों में आप सबसे देर से ख़ाली हैं (6 मिनट 12 सेकंड)।",
      rule_version: 1,
      candidates: [
        { name: "Asha", idle_ms: 372_000 },
        { name: "Operator 7", idle_ms: 210_000 },
      ],
      eligible: 4,
      excluded: { other_language: 2, busy: 5 },
      language: "hi",
      all_ring: false,
    },
    pick_list,
    previous,
    people_known: 4,
  };
}

export function snapshot(view) {
  return {
    type: "snapshot",
    cursor: 1,
    at: iso(0),
    agent: view,
    queues: [
      { id: "health", name: "Health", waiting: 2, longest_wait_ms: 72_000 },
      { id: "schemes", name: "Schemes", waiting: 0, longest_wait_ms: 0 },
    ],
    server_time: new Date().toISOString(),
  };
}

const theCase = {
  id: "c1",
  version: 3,
  number: "C-2611-0482",
  contact_id: "p2",
  state: "open",
  category: "illness",
  summary: "Fever with cough",
  notes: notes.en,
  disposition: "self_care",
  class: "clinical",
  opened_at: iso(-3_000),
  updated_at: iso(-400),
};

const side = { mos: 4.4, loss_percent: 0, jitter_ms: 2, round_trip_ms: 38 };

export function quality(word = "good", part = {}) {
  const figures = { call_id: "call-1", received: 50, lost: 0, jitter_ms: 2 };
  return { type: "call_quality", ...figures, word, caller: side, operator: side, ...part };
}

const timeline = [
  {
    at: iso(-3_000),
    kind: "interaction",
    title: "In contact",
    actor: "Vikram",
    text: "caller_hung_up",
    line_quality: {
      word: "good",
      mos: 4.3,
      mos_worst: 2.9,
      seconds: 240,
      caller: side,
      operator: side,
      verdicts: [{ verdict: "caller_cannot_hear_you", seconds: 12 }],
    },
  },
  {
    at: iso(-2_500),
    kind: "report",
    title: "Report 1 filed",
    actor: "Vikram",
    text: "Rest, fluids.",
  },
  { at: iso(-60), kind: "attached", title: "Contact attached", actor: "Asha" },
];

const reports = [
  {
    id: "r1",
    case_id: "c1",
    version: 1,
    text: "Fever since two days. Rest, fluids, paracetamol as on the leaflet. Call back if worse.",
    disposition: "self_care",
    filed_by: "operator 7",
    filed_at: iso(-2_500),
  },
];

export const routes = {
  "GET /session": {
    user: {
      id: "u1",
      username: "asha",
      name: "Asha",
      role: "operator",
      languages: ["hi", "en"],
      queues: ["health"],
    },
    csrf_token: "made-up",
    expires_at: iso(40_000),
  },
  "GET /queues": [
    { id: "health", number: "104", name_en: "Health advice", name_hi: "स्वास्थ्य सलाह" },
    { id: "schemes", number: "1031", name_en: "Schemes", name_hi: "योजनाएँ" },
  ],
  "GET /vocabulary": {
    categories: [
      { key: "illness", en: "Illness or advice", hi: "बीमारी या सलाह" },
      { key: "scheme", en: "Scheme", hi: "योजना" },
    ],
    dispositions: [
      { group: "valid", key: "advice", en: "Advice given", hi: "सलाह दी" },
      { group: "valid", key: "follow_up", en: "Follow-up promised", hi: "फिर संपर्क का वादा" },
      {
        group: "valid",
        key: "referred",
        en: "Told to visit a hospital or dispensary",
        hi: "अस्पताल या औषधालय जाने को कहा",
      },
      {
        group: "valid",
        key: "ambulance",
        en: "Emergency handed to the ambulance service",
        hi: "आपात मामला एम्बुलेंस सेवा को सौंपा",
      },
      { group: "invalid", key: "abusive", en: "Abusive caller", hi: "अभद्र कॉलर" },
      { group: "incomplete", key: "silent", en: "Nobody spoke", hi: "कोई नहीं बोला" },
      { group: "valid", key: "self_care", en: "Self-care", hi: "घर पर देखभाल" },
      { group: "valid", key: "visit_today", en: "Visit today", hi: "आज अस्पताल" },
      { group: "valid", key: "information", en: "Information given", hi: "जानकारी दी" },
      { group: "transfer", key: "other_line", en: "Other helpline", hi: "दूसरी हेल्पलाइन" },
      { group: "incomplete", key: "line_lost", en: "Line lost", hi: "लाइन टूटी" },
      { group: "invalid", key: "prank", en: "Prank", hi: "शरारत" },
      { group: "invalid", key: "wrong_number", en: "Wrong number", hi: "ग़लत नंबर" },
    ],
  },
  "GET /calls/call-1": call({ contact_id: "p2" }),
  "PUT /calls/call-1/contact": null,
  "GET /contacts/p2": {
    id: "p2",
    version: 1,
    name: "Ramesh Kumar",
    name_hi: "रमेश कुमार",
    sex: "male",
    birth_year: 1965,
    language: "hi",
    relation: "Father-in-law",
    phones: [{ e164: "+919000004471", label: "mobile", shared: true }],
    address: { place: "Rohini", ward: "22" },
    flags: [{ kind: "safety", text: "Allergy: penicillin" }],
  },
  "POST /cases": { ...theCase, summary: null, notes: null, disposition: null, category: null },
  "GET /cases": { cases: [theCase, { ...theCase, id: "c2", number: "C-2611-0437" }] },
  "GET /cases/c1": theCase,
  "GET /cases/c20": { ...theCase, id: "c20" },
  "PUT /cases/c1/draft": { saved_at: iso(0) },
  "GET /cases/c1/timeline": timeline,
  "GET /cases/c1/reports": reports,
  "GET /cases/c20/timeline": timeline,
  "GET /cases/c20/reports": reports,
  "POST /search": {
    total: 38,
    facets: [
      {
        name: "kind",
        values: [
          { value: "interaction", count: 19 },
          { value: "case", count: 13 },
          { value: "contact", count: 6 },
        ],
      },
      {
        name: "class",
        values: [
          { value: "emergency", count: 1 },
          { value: "clinical", count: 16 },
          { value: "standard", count: 12 },
        ],
      },
    ],
    hits: ["Ramesh Kumar", "Kavita", "Mohd Salim", "Kamla Devi"].map((title, index) => ({
      kind: index === 3 ? "contact" : "case",
      id: `c${(index + 2) * 10}`,
      title,
      subtitle: ["रमेश कुमार · M 61", "कविता · F 29", "मोहम्मद सलीम · M 44", "कमला देवी"][index],
      why: "bukhar = fever",
      highlights: [
        {
          field: "notes",
          parts: [
            { text: "Fever", hit: true },
            { text: " 100.8 °F, dry cough, second day. ", hit: false },
            { text: index % 2 ? "रोहिणी" : "Rohini", hit: true },
            { text: ", ward 22.", hit: false },
          ],
        },
      ],
      case_number: `C-2611-043${index}`,
      at: iso(-90_000 * (index + 1)),
    })),
  },
  "GET /web-calls/made-up": { state: "waiting", position: 2, waited_ms: 74_000 },
  "DELETE /web-calls/made-up": null,
};
