// The places of the console. Sign-in and set-up stand alone; the rest is inside the shell, where the
// call bar is.
import {
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
  Outlet,
} from "@tanstack/react-router";
import { CasePage } from "./features/cases/CasePage";
import { InteractionPage } from "./features/cases/InteractionPage";
import { MyCases } from "./features/cases/MyCases";
import { ContactPage } from "./features/contact/ContactPage";
import { Desk } from "./features/desk/Desk";
import { FloorPage } from "./features/floor/FloorPage";
import { PaperPage } from "./features/paper/PaperPage";
import { RosterPage } from "./features/roster/RosterPage";
import { SearchPage } from "./features/search/SearchPage";
import { SetUp } from "./features/session/SetUp";
import { SignIn } from "./features/session/SignIn";
import { useSession, watches } from "./features/session/useSession";
import { SettingsPage } from "./features/settings/SettingsPage";
import { Gate } from "./features/shell/Shell";

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: () => <Navigate to="/" />,
});

const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: Door });
const setUp = createRoute({ getParentRoute: () => root, path: "/setup", component: SetUp });
const gate = createRoute({ getParentRoute: () => root, id: "gate", component: Gate });

const desk = createRoute({ getParentRoute: () => gate, path: "/", component: Home });
const search = createRoute({
  getParentRoute: () => gate,
  path: "/search",
  // Never the question itself: an address must not hold a name or a number.
  validateSearch: (raw: Record<string, unknown>): { focus?: true } =>
    raw.focus ? { focus: true } : {},
  component: () => <SearchPage focus={search.useSearch().focus === true} />,
});
const cases = createRoute({ getParentRoute: () => gate, path: "/cases", component: MyCases });
const oneCase = createRoute({
  getParentRoute: () => gate,
  path: "/cases/$caseId",
  component: () => <CasePage id={oneCase.useParams().caseId} />,
});
const contact = createRoute({
  getParentRoute: () => gate,
  path: "/contacts/$contactId",
  component: () => <ContactPage id={contact.useParams().contactId} />,
});
const interaction = createRoute({
  getParentRoute: () => gate,
  path: "/calls/$interactionId",
  component: () => <InteractionPage id={interaction.useParams().interactionId} />,
});
const floor = createRoute({ getParentRoute: () => gate, path: "/floor", component: FloorPage });
const paper = createRoute({ getParentRoute: () => gate, path: "/paper", component: PaperPage });
const roster = createRoute({ getParentRoute: () => gate, path: "/roster", component: RosterPage });
const settings = createRoute({
  getParentRoute: () => gate,
  path: "/settings",
  component: SettingsPage,
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    setUp,
    gate.addChildren([
      desk,
      floor,
      roster,
      paper,
      search,
      cases,
      oneCase,
      contact,
      interaction,
      settings,
    ]),
  ]),
  basepath: "/console",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/** Where a person begins: at the desk, or at the floor for those who watch it. */
function Home() {
  const session = useSession();
  return session && watches(session) ? <Navigate to="/floor" /> : <Desk />;
}

/** Sign-in, unless somebody is signed in already. */
function Door() {
  return useSession() ? <Navigate to="/" /> : <SignIn />;
}
