// The citizen page's entry: Hindi first, no component library, no router; it must open fast on a
// cheap phone.
import { createRoot } from "react-dom/client";
import { startWords } from "../i18n";
import { Announcer } from "../ui/Announcer";
import { CitizenPage } from "./CitizenPage";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/citizen.css";

startWords("hi");
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.dataset.theme = dark ? "dark" : "light";

const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <>
      <Announcer />
      <CitizenPage />
    </>,
  );
}
