// The shapes of the icons, 20 × 20. "line" shapes are strokes, "solid" ones are filled; both take
// the colour of the text beside them.
import type { ReactNode } from "react";

export const SHAPES = {
  phone: {
    kind: "line",
    shape: (
      <>
        <path d="M6.2 2.8 8 6.6 6.3 8.2a10 10 0 0 0 5.5 5.5l1.6-1.7 3.8 1.8v2.6c0 .5-.4.9-.9.9C9 17 3 11 2.7 3.7c0-.5.4-.9.9-.9z" />
      </>
    ),
  },
  end: {
    kind: "line",
    shape: (
      <>
        <path d="M2.5 12.5v-2c4.5-4 10.5-4 15 0v2l-4 .8-.8-2.700c-1.8-.6-3.6-.6-5.4 0l-.8 2.700z" />
      </>
    ),
  },
  microphone: {
    kind: "line",
    shape: (
      <>
        <rect x="7.5" y="2.5" width="5" height="9" rx="2.5" />
        <path d="M4.5 9.500a5.5 5.5 0 0 0 11 0M10 15v2.5" />
      </>
    ),
  },
  hold: {
    kind: "line",
    shape: (
      <>
        <path d="M7 4v12M13 4v12" strokeWidth="2.4" />
      </>
    ),
  },
  keypad: {
    kind: "solid",
    shape: (
      <>
        <circle cx="4.5" cy="4.5" r="1.7" />
        <circle cx="4.5" cy="10" r="1.7" />
        <circle cx="4.5" cy="15.5" r="1.7" />
        <circle cx="10" cy="4.5" r="1.7" />
        <circle cx="10" cy="10" r="1.7" />
        <circle cx="10" cy="15.5" r="1.7" />
        <circle cx="15.5" cy="4.5" r="1.7" />
        <circle cx="15.5" cy="10" r="1.7" />
        <circle cx="15.5" cy="15.5" r="1.7" />
      </>
    ),
  },
  search: {
    kind: "line",
    shape: (
      <>
        <circle cx="8.5" cy="8.5" r="5" />
        <path d="m12.5 12.5 4.5 4.5" />
      </>
    ),
  },
  desk: {
    kind: "line",
    shape: (
      <>
        <path d="M3 5h14v9H3zM7 17h6" />
      </>
    ),
  },
  emergency: {
    kind: "solid",
    shape: (
      <>
        <path d="M6.3 1h7.400L19 6.300v7.400L13.7 19H6.300L1 13.700V6.300zM9 5v6.500h2V5zm0 8v2.200h2V13z" />
      </>
    ),
  },
  clinical: {
    kind: "solid",
    shape: (
      <>
        <path d="M3.5 1h13A2.5 2.5 0 0 1 19 3.500v13a2.5 2.5 0 0 1-2.5 2.500h-13A2.5 2.5 0 0 1 1 16.500v-13A2.5 2.5 0 0 1 3.5 1zM8.5 5v3.500H5v3h3.500V15h3v-3.500H15v-3h-3.500V5z" />
      </>
    ),
  },
  callback: {
    kind: "line",
    shape: (
      <>
        <path
          d="M4 6.500A7.2 7.2 0 1 1 2.9 11M3.5 2.800V7h4.200M10 6.500V10l2.5 2"
          strokeWidth="1.9"
        />
      </>
    ),
  },
  standard: {
    kind: "solid",
    shape: (
      <>
        <circle cx="10" cy="10" r="6.5" />
      </>
    ),
  },
  info: {
    kind: "line",
    shape: (
      <>
        <path d="M10 1.8 18.2 10 10 18.2 1.8 10z" />
        <path d="M10 9.300v4M10 6.500v.1" strokeWidth="2" />
      </>
    ),
  },
  record: {
    kind: "solid",
    shape: <circle cx="10" cy="10" r="6" />,
  },
  warning: {
    kind: "solid",
    shape: (
      <>
        <path d="M10 1.5 19.3 18H.7zM9 7v5.500h2V7zm0 6.700v2h2v-2z" />
      </>
    ),
  },
  check: {
    kind: "line",
    shape: (
      <>
        <path d="m3.5 10.5 4.2 4.2 8.8-9.2" strokeWidth="2.2" />
      </>
    ),
  },
  cross: {
    kind: "line",
    shape: (
      <>
        <path d="m4.5 4.5 11 11M15.5 4.500l-11 11" strokeWidth="2.2" />
      </>
    ),
  },
  next: {
    kind: "line",
    shape: (
      <>
        <path d="m7.5 4 6 6-6 6" />
      </>
    ),
  },
  unfold: {
    kind: "line",
    shape: (
      <>
        <path d="m4 7.5 6 6 6-6" />
      </>
    ),
  },
  text: {
    kind: "line",
    shape: (
      <>
        <path d="M3 4h14v10H9l-4 3v-3H3z" />
      </>
    ),
  },
  note: {
    kind: "line",
    shape: (
      <>
        <path d="M4 2.500h8l4 4v11H4zM7 10h6M7 13.500h6M7 6.500h2" />
      </>
    ),
  },
  person: {
    kind: "line",
    shape: (
      <>
        <circle cx="10" cy="6.5" r="3.5" />
        <path d="M3 17.500c.8-4 3.5-5.5 7-5.500s6.2 1.5 7 5.5" />
      </>
    ),
  },
  people: {
    kind: "line",
    shape: (
      <>
        <circle cx="7.5" cy="7" r="3" />
        <path d="M1.5 17c.6-3.7 3-5 6-5s5.4 1.3 6 5M13 4.300a3 3 0 0 1 0 5.400M15.5 12.700c1.7.7 2.7 2.1 3 4.3" />
      </>
    ),
  },
  clock: {
    kind: "line",
    shape: (
      <>
        <circle cx="10" cy="10" r="7.5" />
        <path d="M10 5.500V10l3 2" />
      </>
    ),
  },
  cup: {
    kind: "line",
    shape: (
      <>
        <path d="M3.5 7h10v5.500a4 4 0 0 1-4 4h-2a4 4 0 0 1-4-4zM13.5 8.500h1.500a2 2 0 0 1 0 4.500h-1.500M6 2.500v2M9.5 2.500v2" />
      </>
    ),
  },
  signal: {
    kind: "line",
    shape: (
      <>
        <path d="M3 14h2v3H3zM9 10h2v7H9zM15 5h2v12h-2z" />
      </>
    ),
  },
  signalFair: {
    kind: "line",
    shape: (
      <>
        <path d="M3 14h2v3H3zM9 10h2v7H9zM15 17h2" />
      </>
    ),
  },
  signalPoor: {
    kind: "line",
    shape: (
      <>
        <path d="M3 14h2v3H3zM9 17h2M15 17h2" />
      </>
    ),
  },
  lock: {
    kind: "line",
    shape: (
      <>
        <rect x="4" y="9" width="12" height="8.5" rx="1.5" />
        <path d="M6.5 9V6.500a3.5 3.5 0 0 1 7 0V9" />
      </>
    ),
  },
  globe: {
    kind: "line",
    shape: (
      <>
        <circle cx="10" cy="10" r="7.5" />
        <path d="M2.5 10h15M10 2.500c5 5 5 10 0 15M10 2.500c-5 5-5 10 0 15" />
      </>
    ),
  },
} satisfies Record<string, { kind: "line" | "solid"; shape: ReactNode }>;
