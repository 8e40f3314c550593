// The handles that end-to-end tests take hold of. They stay when words, layout or language change.
// A test imports these constants instead of writing the strings again.
export const TESTID = {
  // Sign-in and set-up
  signInUsername: "sign-in-username",
  signInPassword: "sign-in-password",
  signInSubmit: "sign-in-submit",
  signInError: "sign-in-error",
  setUpPassword: "set-up-password",
  setUpRepeat: "set-up-repeat",
  setUpSubmit: "set-up-submit",
  // Device check
  deviceMicrophone: "device-microphone",
  deviceLevel: "device-level",
  deviceTestSound: "device-test-sound",
  deviceContinue: "device-continue",
  deviceProblem: "device-problem",
  // Call bar
  bar: "call-bar",
  barState: "call-bar-state",
  barTimer: "call-bar-timer",
  barNotice: "call-bar-notice",
  lineQuality: "line-quality",
  lineFigures: "line-figures",
  audioVerdict: "audio-verdict",
  recording: "recording-mark",
  recordingLine: "recording-line",
  goAvailable: "go-available",
  statusMenu: "status-menu",
  statusBreak: "status-break", // + "-meal", "-rest", …
  statusOffline: "status-offline",
  statusCancelNext: "status-cancel-next",
  answer: "answer",
  decline: "decline",
  mute: "mute",
  hold: "hold",
  keypad: "keypad",
  keypadDigit: "keypad-digit", // + "-1", … "-star", "-hash"
  end: "end",
  // The desk
  pickList: "pick-list",
  pickItem: "pick-item", // + "-1", … "-9"
  pickNotSaid: "pick-not-said",
  pickSomeoneElse: "pick-someone-else",
  newContactName: "new-contact-name",
  newContactSave: "new-contact-save",
  newContactAddress: "new-contact-address", // + "-text", "-place", "-ward"
  quickClose: "quick-close", // + "-silent_call", "-wrong_number"
  explanation: "explanation",
  caseForm: "case-form",
  caseNumber: "case-number",
  category: "case-category",
  summary: "case-summary",
  notes: "case-notes",
  hindiBySound: "hindi-by-sound",
  saved: "case-saved",
  disposition: "disposition", // + "-" + key
  report: "case-report",
  closeToo: "case-close-too",
  submit: "case-submit",
  // Cases, search, contact
  myCases: "my-cases",
  caseRow: "case-row",
  searchBox: "search-box",
  searchCount: "search-count",
  hit: "search-hit",
  reason: "open-reason",
  timeline: "case-timeline",
  timelineQuality: "case-timeline-quality",
  timelineRecording: "case-timeline-recording",
  recordingPlay: "recording-play",
  recordingReason: "recording-reason",
  recordingSound: "recording-sound",
  closeCase: "case-close",
  reopenCase: "case-reopen",
  contactPanel: "contact-panel",
  // The supervisor's floor
  floor: "floor",
  floorTile: "floor-tile", // + "-waiting", …
  floorSums: "floor-sums",
  floorQueue: "floor-queue", // + "-" + key
  floorWaiting: "floor-waiting",
  floorAgent: "floor-agent",
  floorCall: "floor-call",
  floorAlert: "floor-alert",
  floorTrunk: "floor-trunk",
  callbackCount: "callback-count",
  callback: "callback",
  forceDialog: "force-dialog",
  forceSubmit: "force-submit",
  callerDialog: "caller-dialog",
  callerSubmit: "caller-submit",
  // Everywhere
  language: "language-switch",
  theme: "theme-switch",
  density: "density", // + "-roomy", "-dense"
  takeOver: "take-over",
  soundBlocked: "sound-blocked",
  signOut: "sign-out",
  otherTab: "other-tab",
  // Citizen page
  citizenCall: "citizen-call",
  citizenState: "citizen-state",
  citizenHangUp: "citizen-hang-up",
  citizenDigit: "citizen-digit", // + "-9", "-0", …
} as const;
